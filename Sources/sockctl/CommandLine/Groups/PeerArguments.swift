/// What `listen` and `dial` share: all that concerns a peer once there is one.
struct PeerArguments: Equatable, Sendable {
    var network = NetworkArguments()
    var ending = EndingArguments()
    var transfer = TransferArguments()
    var frame = FrameArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    static let rows: [Row<PeerArguments>] =
        NetworkArguments.rows.lifted(through: \.network)
        + EndingArguments.rows.lifted(through: \.ending)
        + TransferArguments.rows.lifted(through: \.transfer)
        + FrameArguments.rows.lifted(through: \.frame)
        + SocketArguments.rows.lifted(through: \.socket)
        + CommonArguments.rows.lifted(through: \.common)

    func validate() throws(UsageError) {
        try network.validate()
        try transfer.validate()
        try common.validate()
        if common.isJSON, transfer.hexDump == "-" {
            throw UsageError(
                "'--hex-dump -' and '--json' exclude each other: JSON Lines are never mixed with text",
                hint: "give the dump a file of its own")
        }
        try validateFrame()
        guard transfer.receivesOnly else { return }
        if ending.isHalfOpen {
            throw UsageError("'--half-open' waits for standard input's end, but '--recv-only' never reads it")
        }
        if ending.quitAfter != nil {
            throw UsageError("'--quit-after' counts from standard input's end, but '--recv-only' never reads it")
        }
    }

    /// What makes no sense with whole messages.
    private func validateFrame() throws(UsageError) {
        guard let framing = frame.framing else { return }
        if !transfer.reads {
            throw UsageError("'--frame' is about what is read, and '--no-read' reads nothing")
        }
        if transfer.isCRLF, framing != .line {
            throw UsageError("'--crlf' is about lines: only '--frame line' has them")
        }
        if frame.sendsWhole, transfer.receivesOnly {
            throw UsageError("'--whole' is about standard input, but '--recv-only' never reads it")
        }
        if frame.separator != FrameArguments().separator, transfer.sendsOnly {
            throw UsageError("'--separator' is about standard output, but '--send-only' never writes it")
        }
    }
}
