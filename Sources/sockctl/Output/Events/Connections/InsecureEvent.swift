import SockKit

struct InsecureEvent: Event {
    static let name = "insecure"
    static let level = EventLevel.error
    static let summary = "With `--tls-insecure`: a peer that cannot be trusted is spoken to all the same."
    static let fields =
        Field.ends(\.ends) + [
            Field("reason", "What is wrong with its certificate.", \.reason)
        ]

    let ends: Ends
    let reason: String

    func text(on terminal: Terminal) -> String {
        terminal.paint("not verified", .error) + " (--tls-insecure): \(reason.printable)"
    }
}
