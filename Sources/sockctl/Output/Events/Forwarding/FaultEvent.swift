struct FaultEvent: Event {
    static let name = "fault"
    static let level = EventLevel.verbose
    static let summary = "Faults on purpose begin to apply to a connection, or one of them ends it or silences it."
    static let fields =
        Field.ends(\.ends) + [
            Field("fault", "Which, as it is written.", \.fault),
            Field("direction", "On which way: `up` to the target, `down` to the peer, or `both`.", \.direction),
            Field("acts", "Whether it does now what it does only once: a reset, a close, silence.", \.acts),
        ]

    let ends: Ends
    let fault: String
    let direction: String
    let acts: Bool

    func text(on terminal: Terminal) -> String {
        let way = direction == "both" ? "both ways" : "on the way \(direction)"
        let verb = acts ? terminal.paint("fault acts", .error) : "fault"
        return "\(verb) on \(terminal.peer(ends)): \(fault) \(way)"
    }
}
