// Written by `sockctl generate`: whatever stands in a chapter's folder.

enum ExperimentList {
    static func experiments(of chapter: Chapter) -> [any Experiment.Type] {
        switch chapter {
        case .listening: [
            AcceptRetries.self,
            AddressForms.self,
            AddressInUse.self,
            BadClient.self,
            BothFamilies.self,
            CannotListen.self,
            CloseUnblocks.self,
            ManyClients.self,
            RestartAfterClose.self,
            TimeServer.self,
        ]
        case .acceptQueue: [
            AbortOnOverflow.self,
            AcceptQueue.self,
            Burst.self,
            ConnectedNotAccepted.self,
            FullUnixQueue.self,
            ListenerCloses.self,
            NeverAccepted.self,
            SlotFrees.self,
        ]
        case .dialling: [
            CancelDial.self,
            EphemeralPorts.self,
            ErrorText.self,
            HappyEyeballs.self,
            LocalAddress.self,
            NineNetworks.self,
            NoRoute.self,
            PartialDeadlines.self,
            RefusedOrFiltered.self,
            ResolveInBudget.self,
            SelfConnect.self,
            WhoseTimeout.self,
            WrongNetwork.self,
        ]
        case .deadlines: [
            StickyDeadline.self,
        ]
        case .reading: [
            ShortRead.self,
        ]
        case .writing: [
            PartialWrite.self,
        ]
        case .closing: []
        case .datagrams: []
        case .unixSockets: []
        case .systemCalls: []
        case .framing: []
        case .http: []
        }
    }
}
