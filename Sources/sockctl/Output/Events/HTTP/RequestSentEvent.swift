import SockKit

struct RequestSentEvent: Event {
    static let name = "request"
    static let level = EventLevel.verbose
    static let summary = "A request is sent on a connection."
    static let fields =
        Field.ends(\.ends) + [
            Field("method", "What it asks for.", { $0.head.method.description }),
            Field("target", "Of what: what stands between the method and the version.", \.head.target),
            Field("version", "Of HTTP.", { $0.head.version.description }),
            Field(
                "fields", "The lines of its head: a list of `name` and `value`, which of a password is not shown.",
                { $0.head.fields.json }),
        ]

    let ends: Ends
    let head: RequestHead

    func text(on terminal: Terminal) -> String {
        HeadText(.sent, first: head.description, head.fields).text(on: terminal)
    }
}
