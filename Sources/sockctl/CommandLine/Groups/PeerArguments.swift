/// What `listen` and `dial` share: all that concerns a peer once there is one.
struct PeerArguments: Equatable, Sendable {
    var network = NetworkArguments()
    var ending = EndingArguments()
    var deadlines = DeadlineArguments()
    var pace = PaceArguments()
    var transfer = TransferArguments()
    var frame = FrameArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    static let rows: [Row<PeerArguments>] =
        NetworkArguments.rows.lifted(through: \.network)
        + EndingArguments.rows.lifted(through: \.ending)
        + DeadlineArguments.rows.lifted(through: \.deadlines)
        + TransferArguments.rows.lifted(through: \.transfer)
        + PaceArguments.rows.lifted(through: \.pace)
        + FrameArguments.rows.lifted(through: \.frame)
        + SocketArguments.rows.lifted(through: \.socket)
        + CommonArguments.rows.lifted(through: \.common)

    func validate() throws(UsageError) {
        try network.validate()
        try transfer.validate()
        try deadlines.validate()
        try pace.validate()
        try common.validate()
        try validateNoRead()
        try validateClose()
        if common.isJSON, transfer.hexDump == "-" {
            throw UsageError(
                "'--hex-dump -' and '--json' exclude each other: JSON Lines are never mixed with text",
                hint: "give the dump a file of its own")
        }
        try validateFrame()
        guard transfer.receivesOnly else { return }
        if let option = pace.aboutWriting.first {
            throw UsageError("'\(option)' is about sending standard input, but '--recv-only' never reads it")
        }
        if ending.isHalfOpen {
            throw UsageError("'--half-open' waits for standard input's end, but '--recv-only' never reads it")
        }
        if ending.quitAfter != nil {
            throw UsageError("'--quit-after' counts from standard input's end, but '--recv-only' never reads it")
        }
    }

    private func validateClose() throws(UsageError) {
        if ending.close == .reset, deadlines.goodbye != nil {
            throw UsageError("'--goodbye' is a last word, and '--close reset' may take it away again")
        }
        if ending.close == .reset, socket.linger != nil {
            throw UsageError("'--close reset' does not linger: leave out '--linger'")
        }
        if ending.close == .hold, ending.closeAfter != nil {
            throw UsageError("'--close hold' and '--close-after' exclude each other: one never closes, the other does")
        }
    }

    private func validateNoRead() throws(UsageError) {
        guard !pace.reads else { return }
        if transfer.output != nil {
            throw UsageError("'--output' is about what is received, and '--no-read' never reads")
        }
        if transfer.receivesOnly {
            throw UsageError("'--recv-only' and '--no-read' exclude each other: nothing would be left to do")
        }
        if deadlines.readTimeout != nil {
            throw UsageError("'--read-timeout' is about reading, and '--no-read' never reads")
        }
        if deadlines.keepGoing != nil {
            throw UsageError("'--keep-going' is about reads that time out, and '--no-read' never reads")
        }
    }

    /// What makes no sense with whole messages.
    private func validateFrame() throws(UsageError) {
        guard let framing = frame.framing else { return }
        if !pace.reads {
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
