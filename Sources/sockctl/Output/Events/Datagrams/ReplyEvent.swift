struct ReplyEvent: Event {
    static let name = "reply"
    static let level = EventLevel.always
    static let summary = """
        A datagram of ours was answered; `payload_escaped` where the payload is no text, its other bytes as `\\xHH`.
        """
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.bytes), Field("length", "How long it was on the wire.", \.length),
            Field("round_trip", "The time since the send that it answers, where that is known.", \.roundTrip),
            Field("sequence", "The number of that send, from 0.", \.sequence),
            Field("payload", "What is in it, as text; what is none is replaced.", \.payload),
            Field("payload_escaped", "Every byte of it, those that are no text as `\\xHH`.", \.escaped),
        ]

    let ends: Ends
    let bytes: Int
    let length: Int
    var roundTrip: Duration?
    var sequence: Int?
    let payload: String
    /// Nil where `payload` has lost none.
    var escaped: String?

    private static let width = 256

    func text(on terminal: Terminal) -> String {
        terminal.paint("reply", .good) + " from \(terminal.peer(ends)), \(Quantity.count(bytes, "byte"))"
            + (roundTrip.map { " in \(Quantity.duration($0))" } ?? "") + ": \(line)"
    }

    /// The payload on one line, without the newline at its end; who needs all of a long one has JSON.
    private var line: String {
        let text = escaped ?? (payload.utf8.last == UInt8(ascii: "\n") ? String(payload.dropLast()) : payload).printable
        return text.utf8.count > Self.width ? "\(text.prefix(Self.width))..." : text
    }
}
