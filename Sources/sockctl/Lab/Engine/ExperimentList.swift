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
            IdleGoodbye.self,
            MovedDeadline.self,
            StickyDeadline.self,
            TimedOutServer.self,
            TimerPrecision.self,
            WriteDeadline.self,
        ]
        case .reading: [
            ConcurrentReads.self,
            EofOrTimeout.self,
            FullDuplex.self,
            ParkedRead.self,
            ShortRead.self,
            StreamOrder.self,
            ZeroLengthRead.self,
        ]
        case .writing: [
            BlockedOrFull.self,
            Nagle.self,
            NormalWrite.self,
            PartialWrite.self,
            SlowReader.self,
            TornWrites.self,
            WriteBlocks.self,
        ]
        case .closing: [
            DrainThenEnd.self,
            FinOrRst.self,
            HalfCloseExperiment.self,
            HeartbeatExperiment.self,
            KeepAliveExperiment.self,
            RstOnUnread.self,
            Sigpipe.self,
            SilentConnection.self,
            UserTimeout.self,
            WriteAfterClose.self,
        ]
        case .datagrams: []
        case .unixSockets: []
        case .systemCalls: []
        case .framing: []
        case .http: []
        }
    }
}
