/// Whether something that both ends must take part in came about.
struct FeatureEvent: Event {
    static let name = "feature"
    static let level = EventLevel.verbose
    static let summary = "Whether the connection has what `--mptcp` or `--fastopen` asked for."
    static let fields =
        Field.ends(\.ends) + [
            Field("feature", "`mptcp` or `fastopen`.", \.feature.rawValue),
            Field("used", "Whether it came about.", \.isUsed),
            Field("reason", "Why not, as far as it is known.", \.reason),
        ]

    enum Feature: String, Sendable {
        case mptcp, fastopen
    }

    let ends: Ends
    let feature: Feature
    let isUsed: Bool
    var reason: String?

    func text(on terminal: Terminal) -> String {
        switch feature {
        case .mptcp:
            isUsed
                ? "Multipath TCP with \(terminal.peer(ends))"
                : "plain TCP with \(terminal.peer(ends))" + (reason.map { ": \($0)" } ?? "")
        case .fastopen:
            isUsed
                ? "fast open with \(terminal.peer(ends)): data came with the SYN"
                : "no fast open with \(terminal.peer(ends))" + (reason.map { ": \($0)" } ?? "")
        }
    }
}
