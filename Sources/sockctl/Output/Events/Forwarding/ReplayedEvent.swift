struct ReplayedEvent: Event {
    static let name = "replayed"
    static let level = EventLevel.verbose
    static let summary = "A connection of a record was played to its end, and all that came back was as it was."
    static let fields = [
        Field.connection(\.connection), Field("bytes_up", "How many bytes were sent.", \.bytesUp),
        Field("bytes_down", "How many bytes came back.", \.bytesDown),
        Field("seconds", "When, counted from the beginning of the replay.", \.time),
    ]

    let connection: Int
    let bytesUp: Int
    let bytesDown: Int
    let time: Duration

    func text(on terminal: Terminal) -> String {
        "connection \(connection) " + terminal.paint("came back as it was", .good)
            + ": \(Quantity.bytes(bytesUp)) up, \(Quantity.bytes(bytesDown)) down"
    }
}
