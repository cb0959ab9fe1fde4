struct InputDroppedEvent: Event {
    static let name = "input-dropped"
    static let level = EventLevel.always
    static let summary =
        "So many bytes were taken from standard input and never acknowledged by the peer's kernel."
    static let fields = [
        Field.bytes(\.bytes), Field("bytes_sent", "How many bytes of standard input were taken in all.", \.sent),
    ]

    let bytes: Int
    let sent: Int
    /// After a time-out of ours some may still be on their way; otherwise they cannot have arrived.
    var mayArrive = false

    func text(on terminal: Terminal) -> String {
        bytes > 0
            ? "\(bytes) of \(sent) bytes of standard input "
                + (mayArrive ? "were not acknowledged in time" : "cannot have arrived")
            : "all \(sent) bytes sent were acknowledged; whether the peer read them is not known"
    }
}
