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
        case .datagrams: []
        case .unixSockets: []
        case .systemCalls: []
        case .framing: []
        case .http: []
        }
    }
}
