struct StoppingEvent: Event {
    static let name = "stopping"
    static let level = EventLevel.always
    static let summary = "No more peers are taken; those that are there are finished."
    static let fields = [
        Field(
            "reason", "Why: `interrupted`, `terminated` or `hung up`, as the signal was, or how many waited.", \.reason),
        Field("waiting_for", "How many peers, or requests, are still being served.", \.waiting?.count),
        Field("grace", "How long they have to end by themselves.", \.waiting?.grace),
    ]

    /// What is not done yet.
    struct Waiting: Sendable {
        let count: Int
        /// What each is: `request`.
        let noun: String
        let grace: Duration
    }

    let reason: String
    var waiting: Waiting?

    func text(on terminal: Terminal) -> String {
        guard let waiting else { return "server closed: \(reason)" }
        return """
            server closed: \(reason); waiting for \(Quantity.count(waiting.count, waiting.noun)), at most \
            \(Quantity.duration(waiting.grace)); a second signal ends it at once
            """
    }
}
