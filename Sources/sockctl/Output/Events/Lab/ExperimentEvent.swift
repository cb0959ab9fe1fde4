struct ExperimentEvent: Event {
    static let name = "experiment"
    static let level = EventLevel.verbose
    static let summary = "An experiment of the course, before it is run; `lab` by itself lists them so."
    static let fields = [
        Field("experiment", "Its name.", \.experiment),
        Field("chapter", "The chapter of the course.", \.chapter),
        Field("title", "What it shows.", \.title),
        Field("documents", "The documents that describe it, by number.", \.documents),
        Field("behaviours", "The behaviours that it shows: `B52`.", \.behaviours),
        Field("claim", "What the documents say.", \.claim),
        Field("question", "What is to be found out.", \.question),
        Field("lesson", "What to remember.", \.lesson),
    ]

    let experiment: String
    let chapter: String
    let title: String
    let documents: [String]
    let behaviours: [String]
    let claim: String
    let question: String
    let lesson: String

    func text(on terminal: Terminal) -> String { "\(experiment): \(title)" }
}
