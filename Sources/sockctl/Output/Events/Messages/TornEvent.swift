struct TornEvent: Event {
    static let name = "torn"
    static let level = EventLevel.verbose
    static let summary = "A message of `--message-size` has bytes of others in it; only the first few are told."
    static let fields =
        Field.ends(\.ends) + [
            Field("index", "The message's number, from 1.", \.index),
            Field("pieces", "What is in it: objects of `byte` and `count`, one for each run of equal bytes.", \.pieces),
        ]

    let ends: Ends
    let index: Int
    let pieces: [BytePiece]

    func text(on terminal: Terminal) -> String {
        terminal.paint("torn", .error) + " message \(index): \(pieces.map(\.text).joined(separator: " "))"
    }
}

/// A run of equal bytes.
struct BytePiece: Sendable, Hashable {
    var byte: UInt8
    var count: Int

    /// `a×65536`; a byte that is no printable character as `\x00`.
    var text: String { "\(name)×\(count)" }

    private var name: String {
        if (33...126).contains(byte) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16)
        return "\\x" + String(repeating: "0", count: 2 - digits.utf8.count) + digits
    }
}

extension BytePiece: JSONRepresentable {
    var json: JSONValue { .object([.init("byte", name.json), .init("count", count.json)]) }
}
