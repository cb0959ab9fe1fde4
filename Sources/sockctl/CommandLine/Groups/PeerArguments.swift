/// What `listen` and `dial` share: all that concerns a peer once there is one.
struct PeerArguments: Equatable, Sendable {
    var network = NetworkArguments()
    var ending = EndingArguments()
    var transfer = TransferArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    static let rows: [Row<PeerArguments>] =
        NetworkArguments.rows.lifted(through: \.network)
        + EndingArguments.rows.lifted(through: \.ending)
        + TransferArguments.rows.lifted(through: \.transfer)
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
        guard transfer.receivesOnly else { return }
        if ending.isHalfOpen {
            throw UsageError("'--half-open' waits for standard input's end, but '--recv-only' never reads it")
        }
        if ending.quitAfter != nil {
            throw UsageError("'--quit-after' counts from standard input's end, but '--recv-only' never reads it")
        }
    }
}
