struct StoppingEvent: Event {
    static let name = "stopping"
    static let level = EventLevel.verbose
    static let summary = "No more peers are taken; those that are there are finished."
    static let fields = [Field("reason", "Why: `interrupted`, `2 accepted`.", \.reason)]

    let reason: String

    func text(on terminal: Terminal) -> String { "server closed: \(reason)" }
}
