struct ReadEvent: Event {
    static let name = "read"
    static let level = EventLevel.transfer
    static let summary = "One read; `reader` with `--readers`."
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.bytes), Field("total", "How many bytes were read so far.", \.total),
            Field("reader", "Which of several readers it was, from 1.", \.reader),
        ]

    let ends: Ends
    let bytes: Int
    let total: Int
    var reader: Int?

    func text(on terminal: Terminal) -> String {
        Quantity.transfer("read ", bytes, total, ends) + (reader.map { ", reader \($0)" } ?? "")
    }
}

extension Quantity {
    /// A read or a write, its size in a column of its own.
    static func transfer(_ verb: String, _ bytes: Int, _ total: Int, _ ends: Ends) -> String {
        let size = self.bytes(bytes)
        let indent = String(repeating: " ", count: max(0, 11 - size.count))
        return "\(verb) \(indent)\(size), \(self.bytes(total)) in all, \(ends.peerName.printable)"
    }
}
