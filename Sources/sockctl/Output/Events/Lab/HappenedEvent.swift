struct HappenedEvent: Event {
    static let name = "happened"
    static let level = EventLevel.verbose
    static let summary = "A step, a call or a fact of an experiment's timeline; told when the experiment is over."
    static let fields = [
        Field("experiment", "The experiment's name.", \.experiment),
        Field("kind", "`step`, `call`, `fact`, or `inferred`: not seen itself, it follows from what was.", \.kind),
        Field("lane", "Who did it, or whom it is about: `client`, `kernel` or `server`.", \.lane),
        Field("text", "What it was.", \.text),
        Field("result", "What a call gave.", \.result),
        Field("failed", "Whether that was an error.", \.failed),
        Field("source", "Where a fact of the kernel comes from: `TCP_INFO`.", \.source),
        Field("at", "The seconds since the experiment began.", \.at),
        Field("seconds", "How long a call took.", \.seconds),
    ]

    let experiment: String
    let kind: String
    var lane: String?
    let text: String
    var result: String?
    var failed: Bool?
    var source: String?
    let at: Duration
    var seconds: Duration?

    func text(on terminal: Terminal) -> String { result.map { "\(text): \($0)" } ?? text }
}
