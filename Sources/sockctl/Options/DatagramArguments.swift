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
        var row = row
        switch row.info.name {
        case "network": row.info.detail = "Without it, the address's own prefix says, and else it is `udp`."
        // To say so once more, beside a network of datagrams, does no harm.
        case "udp": row.info.rules = []
        default: break
        }
        return row
    }
}
