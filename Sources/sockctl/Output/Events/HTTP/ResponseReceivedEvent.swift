import SockKit

struct ResponseReceivedEvent: Event {
    static let name = "response"
    static let level = EventLevel.verbose
    static let summary = "The head of an answer came, or of an interim one (1xx)."
    static let fields =
        Field.ends(\.ends) + [
            Field("version", "Of HTTP.", { $0.head.version.description }),
            Field("status", "The status.", { Int($0.head.status.code) }),
            Field("reason", "The phrase that came with it.", \.head.reason),
            Field("fields", "The lines of its head: a list of `name` and `value`.", { $0.head.fields.json }),
        ]

    let ends: Ends
    let head: ResponseHead

    func text(on terminal: Terminal) -> String {
        HeadText(.received, first: head.description, head.fields).text(on: terminal)
    }
}
