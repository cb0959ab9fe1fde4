import SockKit

struct TLSFailedEvent: Event {
    static let name = "tls-failed"
    static let level = EventLevel.verbose
    static let summary = "A handshake came to nothing: how far it came."
    static let fields =
        Field.ends(\.ends) + [
            Field("server_name", "The name that the server was asked for.", \.report.serverName),
            Field("reason", "Why it failed.", \.report.reason),
            Field("seconds", "When that was, from its beginning.", \.report.duration),
            Field("messages", "What went by: `name`, `bytes`, whether it was `sent`, and its `seconds`.") {
                (event: Self) in
                JSONValue.array(event.report.messages.map(\.json))
            },
            Field("chain", "The other side's certificates, as in `tls`, where they had come.", \.report.chain),
        ]

    let ends: Ends
    let report: TLSReport

    func text(on terminal: Terminal) -> String {
        TLSWording(report, terminal).lines.joined(separator: "\n")
    }
}
