// Written by `sockctl generate`: whatever stands in a chapter's folder.

enum ExperimentList {
    static func experiments(of chapter: Chapter) -> [any Experiment.Type] {
        switch chapter {
        case .listening: []
        case .acceptQueue: [
            AcceptQueue.self,
        ]
        case .dialling: [
            HappyEyeballs.self,
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
        case .datagrams: [
            EmptyOrEnd.self,
            LongestDatagram.self,
            LostOrRefused.self,
            OneSocketManyServers.self,
            UdpLocalPort.self,
            UdpLoss.self,
            UdpRefused.self,
            UdpServer.self,
            UdpTruncation.self,
            ZeroDatagram.self,
        ]
        case .unixSockets: [
            UnixDatagrams.self,
            UnixPackets.self,
            UnixPaths.self,
            UnixStream.self,
        ]
        case .systemCalls: [
            BlockedBySilence.self,
            ControlHook.self,
            EpollBehindTheRead.self,
            IoModels.self,
            ListenOrDial.self,
            NonblockingFromBirth.self,
            OneThreadManyWaiters.self,
            SelectLimit.self,
            SocketIsAFile.self,
            SocketNumbers.self,
            SystemCallWalk.self,
        ]
        case .framing: [
            FloodGuard.self,
            FramedMessages.self,
            HelloServer.self,
            OversizedLength.self,
            PacketProtocol.self,
            RequestResponse.self,
            StickyPackets.self,
        ]
        case .http: [
            DefaultPort.self,
            ExpectContinue.self,
            GetByHand.self,
            HttpGetErrors.self,
            HttpTimeouts.self,
            IdlePool.self,
            KeepAliveReuse.self,
            TimeAndHeaders.self,
            TwoKeepAlives.self,
            WholeExchange.self,
        ]
        }
    }
}
