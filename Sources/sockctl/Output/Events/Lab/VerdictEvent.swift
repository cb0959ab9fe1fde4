struct VerdictEvent: Event {
    static let name = "verdict"
    static let level = EventLevel.verbose
    static let summary = "Whether what an experiment must show was seen."
    static let fields = [
        Field("experiment", "The experiment's name.", \.experiment),
        Field("met", "Whether it was seen.", \.met),
        Field("says", "What the document says; none where no document speaks of it.", \.says),
        Field("here", "What was seen here.", \.here),
        Field("why", "Why that is so.", \.why),
        Field(
            "document",
            "Whether it is `right`, `wrong`, `wrong-on-linux`, `outdated`, tells of `elsewhere`, or is `silent`.",
            \.document),
        Field("faults", "If it was not seen: what should have been otherwise.", \.faults),
    ]

    let experiment: String
    let met: Bool
    var says: String?
    let here: String
    let why: String
    let document: String
    var faults: [String]?

    func text(on terminal: Terminal) -> String { "\(experiment): \(met ? "met" : "NOT MET"): \(here)" }
}
