import SockKit

struct DifferenceEvent: Event {
    static let name = "difference"
    static let level = EventLevel.always
    static let summary = """
        What came back of a connection of a record is not what it has, from here on: `expected` and `got` are bytes in \
        hexadecimal, or else the words `end`, `reset` or `nothing`.
        """
    static let fields = [
        Field.connection(\.connection),
        Field("message", "In which message it is, from 1, where there are messages.", \.difference.message),
        Field(
            "offset", "After how many bytes that were the same, of all that came back or of that message.",
            \.difference.offset),
        Field("expected", "What was to come.", \.difference.expected.word),
        Field("expected_text", "These bytes as text.", \.difference.expected.text),
        Field("got", "What came.", \.difference.got.word),
        Field("got_text", "These bytes as text.", \.difference.got.text),
    ]

    let connection: Int
    let difference: ReplayDifference
    let patience: Duration

    func text(on terminal: Terminal) -> String {
        let place =
            difference.message.map { "byte \(difference.offset) of message \($0)" } ?? "byte \(difference.offset)"
        let got = difference.got == .nothing ? "nothing for \(Quantity.duration(patience))" : difference.got.phrase
        return terminal.paint("connection \(connection) differs", .error)
            + " at \(place): expected \(difference.expected.phrase), got \(got)"
    }
}

extension ReplayDifference.Answer {
    /// For machines.
    fileprivate var word: String {
        switch self {
        case .bytes(let bytes): Self.hexadecimal(bytes)
        case .end: "end"
        case .reset: "reset"
        case .nothing: "nothing"
        }
    }

    fileprivate var text: String? {
        if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// For people.
    fileprivate var phrase: String {
        switch self {
        case .bytes(let bytes): "\(Self.hexadecimal(bytes)) '\(TextEscapes.show(bytes))'"
        case .end: "the end"
        case .reset: "a reset"
        case .nothing: "nothing more"
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
