import SockKit

struct JoinedEvent: Event {
    static let name = "joined"
    static let level = EventLevel.verbose
    static let summary = "A peer was joined to a connection of its own to somebody else."
    static let fields =
        Field.ends(\.ends) + [
            Field("target", "To whom.") { $0.target.description },
            Field("seconds", "How long it took to connect there.", \.time),
        ]

    let ends: Ends
    let target: Endpoint
    let time: Duration

    func text(on terminal: Terminal) -> String {
        terminal.paint("joined", .good)
            + " \(terminal.peer(ends)) to \(terminal.paint(target.description, .address)) in \(Quantity.duration(time))"
    }
}
