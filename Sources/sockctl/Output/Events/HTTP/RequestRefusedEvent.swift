import SockKit

struct RequestRefusedEvent: Event {
    static let name = "request-refused"
    static let level = EventLevel.verbose
    static let summary = "What a client sent was not taken as a request, and the connection closed."
    static let fields =
        Field.ends(\.ends) + [
            Field("status", "What it was told.", \.status), Field("reason", "Why, and where in it.", \.reason),
        ]

    let ends: Ends
    let status: Int
    let reason: String

    func text(on terminal: Terminal) -> String {
        "\(terminal.paint("\(status)", .error)) refused \(terminal.peer(ends)): \(reason.printable)"
    }
}
