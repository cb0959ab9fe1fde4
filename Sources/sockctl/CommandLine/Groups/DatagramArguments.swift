/// What the commands for datagrams share.
struct DatagramArguments: Equatable, Sendable {
    var network = NetworkArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    /// The rows, of the socket's options only those that datagrams have a use for.
    static func rows(socketOptions: Set<String>) -> [Row<DatagramArguments>] {
        networkRows.lifted(through: \.network)
            + SocketArguments.rows.filter { socketOptions.contains($0.info.name) }.lifted(through: \.socket)
            + CommonArguments.rows.lifted(through: \.common)
    }

    /// Here datagrams go without saying.
    private static let networkRows = NetworkArguments.rows.map { row in
        guard row.info.name == "network" else { return row }
        var row = row
        row.info.detail = "Without it, the address's own prefix says, and else it is `udp`."
        return row
    }

    func validate() throws(UsageError) {
        var network = network
        // Datagrams are what this is about: to say so once more does no harm.
        network.isUDP = network.isUDP && network.network == nil
        try network.validate()
        try common.validate()
    }
}
