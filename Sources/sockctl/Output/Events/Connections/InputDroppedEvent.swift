struct InputDroppedEvent: Event {
    static let name = "input-dropped"
    static let level = EventLevel.always
    static let summary = """
        So many bytes were taken from standard input and never acknowledged by the peer's kernel, or, of a file, were \
        still to be sent; `bytes` is missing where nothing is acknowledged, as of a Unix socket.
        """
    static let fields = [
        Field.connection(\.connection), Field.bytes(\.bytes),
        Field("bytes_sent", "How many bytes of standard input were taken, or were to be sent, in all.", \.sent),
        Field(
            "bytes_unsent", "How many of those dropped were never sent, so that they cannot have arrived.", \.unsent),
    ]

    /// The peer whom they were for, where others may have got them.
    var connection: Int?
    let bytes: Int?
    let sent: Int
    /// Never sent, as far as this side's kernel knows: these alone cannot have arrived.
    let unsent: Int
    /// A time-out of ours ended it: acknowledgements may still be on their way.
    var mayArrive = false
    /// How much more standard input would have given nobody knows.
    var isUnfinished = false

    func text(on terminal: Terminal) -> String {
        account + (isUnfinished ? "; standard input had not ended" : "")
    }

    /// Of a Unix socket whose peer was reset nobody knows how much of it had been read.
    private var unknown: String {
        guard unsent > 0 else { return "whether the peer read the \(sent) bytes sent is not known" }
        let what = "\(unsent) of \(sent) bytes of standard input cannot have arrived"
        return unsent == sent ? what : what + "; whether the peer read the others is not known"
    }

    private var account: String {
        guard let bytes else { return unknown }
        guard bytes > 0 else {
            return "all \(sent) bytes sent were acknowledged; whether the peer read them is not known"
        }
        let what = "\(bytes) of \(sent) bytes of standard input "
        if mayArrive { return what + "were not acknowledged in time" }
        if unsent == bytes { return what + "cannot have arrived" }
        return what + "were not acknowledged" + (unsent > 0 ? "; \(unsent) of them cannot have arrived" : "")
    }
}
