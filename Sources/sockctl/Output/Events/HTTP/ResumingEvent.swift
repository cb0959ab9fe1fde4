struct ResumingEvent: Event {
    static let name = "resuming"
    static let level = EventLevel.verbose
    static let summary = "With `--continue`, what becomes of a file that is there already."
    static let fields =
        [Field.bytes(\.bytes)] + [
            Field("path", "The file.", \.path),
            Field("outcome", "`appended`, `rewritten` or `whole`.", { $0.outcome.rawValue }),
        ]

    enum Outcome: String, Sendable {
        /// The server sends what is missing.
        case appended
        /// It sends everything.
        case rewritten
        /// Nothing is missing.
        case whole
    }

    let path: String
    /// What it holds.
    let bytes: Int
    let outcome: Outcome

    func text(on terminal: Terminal) -> String {
        let file = terminal.paint(path, .address)
        return switch outcome {
        case .appended: "\(file) has \(Quantity.count(bytes, "byte")), and the rest follows"
        case .rewritten: "\(file) is written anew: the server sends all of it"
        case .whole: "\(file) is whole already, with \(Quantity.count(bytes, "byte"))"
        }
    }
}
