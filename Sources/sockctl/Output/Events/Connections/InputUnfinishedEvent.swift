struct InputUnfinishedEvent: Event {
    static let name = "input-unfinished"
    static let level = EventLevel.always
    static let summary = "The peer had ended, standard input had not."
    static let fields: [Field] = []

    func text(on terminal: Terminal) -> String { "the peer had ended; standard input had not" }
}
