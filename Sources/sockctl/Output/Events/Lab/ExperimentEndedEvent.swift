struct ExperimentEndedEvent: Event {
    static let name = "experiment-ended"
    static let level = EventLevel.verbose
    static let summary = "An experiment is over: it is `met`, `failed`, or was `not-run` for want of something."
    static let fields = [
        Field("experiment", "Its name.", \.experiment),
        Field("outcome", "What came of it.", \.outcome),
        Field("reason", "Why it was not run, or could not be carried through.", \.reason),
        Field("seconds", "How long it took.", \.seconds),
    ]

    let experiment: String
    let outcome: String
    var reason: String?
    let seconds: Duration

    func text(on terminal: Terminal) -> String { "\(experiment): \(outcome)" + (reason.map { ": \($0)" } ?? "") }
}
