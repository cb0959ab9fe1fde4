import SockKit

struct SocketOptionsEvent: Event {
    static let name = "socket-options"
    static let level = EventLevel.veryVerbose
    static let summary = "What the kernel made of the socket's options."
    static let fields =
        Field.ends(\.ends) + [
            Field("options", "An object of them, by name.", \.facts)
        ]

    let ends: Ends
    let facts: SocketFacts

    func text(on terminal: Terminal) -> String {
        terminal.paint("socket: " + facts.pairs.map { "\($0.name) \($0.value)" }.joined(separator: ", "), .dim)
    }
}

extension SocketFacts: JSONRepresentable {
    var json: JSONValue {
        .object(pairs.map { .init(String($0.name.map { $0 == " " ? "_" : $0 }), Self.value($0.value)) })
    }

    private static func value(_ text: String) -> JSONValue {
        if let number = Int(text) { return .integer(number) }
        return text == "on" || text == "off" ? .boolean(text == "on") : .string(text)
    }
}
