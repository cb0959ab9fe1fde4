import SockKit

/// The head of a message for people: each line behind a mark that says which way it went.
struct HeadText {
    enum Direction: String {
        case sent = ">"
        case received = "<"
    }

    let direction: Direction
    let first: String
    let fields: Fields

    init(_ direction: Direction, first: String, _ fields: Fields) {
        self.direction = direction
        self.first = first
        self.fields = fields
    }

    func text(on terminal: Terminal) -> String {
        let mark = terminal.paint(direction.rawValue, .dim)
        let lines = fields.map { "\(mark) \(terminal.paint("\($0.name):", .dim)) \($0.reportedValue.printable)" }
        return (["\(mark) \(terminal.paint(first, .address))"] + lines).joined(separator: "\n")
    }
}

extension Fields: JSONRepresentable {
    var json: JSONValue {
        .array(
            map { .object([.init("name", .string($0.name)), .init("value", .string($0.reportedValue))]) })
    }
}

extension Fields.Element {
    /// The value as reports have it: a password is nobody's business, and a report may be kept, or shown to others.
    var reportedValue: String {
        switch name.lowercased() {
        case "authorization", "proxy-authorization": return Self.withoutCredentials(value)
        case "location", "content-location", "referer": return HTTPURL.withoutUser(ofReference: value)
        default: return value
        }
    }

    private static func withoutCredentials(_ value: String) -> String {
        let scheme = value.prefix { $0 != " " }
        return schemes.contains(scheme.lowercased()) ? "\(scheme) (not shown)" : "(not shown)"
    }

    /// Of a value that begins with another word nobody knows what that is.
    private static let schemes: Set<String> = ["basic", "digest", "bearer", "negotiate", "ntlm"]
}
