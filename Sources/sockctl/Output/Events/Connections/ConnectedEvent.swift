struct ConnectedEvent: Event {
    static let name = "connected"
    static let level = EventLevel.verbose
    static let summary = "An attempt won."
    static let fields =
        Field.ends(\.ends) + [
            Field("attempt", "Its number, from 1.", \.attempt),
            Field("resolve_seconds", "How long it took to find the addresses of a name.", \.resolve),
            Field("connect_seconds", "How long it took to connect to one of them.", \.connect),
        ]

    let ends: Ends
    let attempt: Int
    var resolve: Duration?
    let connect: Duration

    func text(on terminal: Terminal) -> String {
        terminal.paint("connected", .good) + " to \(terminal.peer(ends))"
            + (ends.local.flatMap(\.name).map { " from \($0.printable)" } ?? "") + " in \(Quantity.duration(connect))"
            + (resolve.map { ", resolved in \(Quantity.duration($0))" } ?? "")
    }
}
