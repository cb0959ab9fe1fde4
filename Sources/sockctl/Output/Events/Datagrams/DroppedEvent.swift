struct DroppedEvent: Event {
    static let name = "dropped"
    static let level = EventLevel.always
    static let summary = "The kernel dropped so many datagrams: the socket's receive buffer was full."
    static let fields =
        Field.ends(\.ends) + [
            Field("count", "How many.", \.count),
            Field("receive_buffer", "How large the buffer is that they found full.", \.buffer),
        ]

    let ends: Ends
    let count: Int
    let buffer: Int?

    func text(on terminal: Terminal) -> String {
        "\(Quantity.count(count, "datagram")) dropped by the kernel: the receive buffer"
            + (buffer.map { " of \(Quantity.bytes($0))" } ?? "") + " was full"
    }
}

extension DroppedEvent {
    /// Nil where the kernel has dropped nothing.
    init?(_ ends: Ends, _ drops: (count: Int, buffer: Int?)?) {
        guard let drops, drops.count > 0 else { return nil }
        self.init(ends: ends, count: drops.count, buffer: drops.buffer)
    }
}
