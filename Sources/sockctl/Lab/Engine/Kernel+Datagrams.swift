import SockKit

/// What the kernel says of sockets that receive datagrams.
extension Kernel {
    /// Waits until something waits to be read, and says how long the next datagram is: all that FIONREAD tells.
    @discardableResult
    func nextDatagram(of socket: LabSocket) async -> Int {
        var count: Int { socket.socket.queueDepths?.received ?? 0 }
        _ = await socket.party.stage.until { count > 0 }
        says("\(name(of: socket.party)): the next datagram has \(Quantity.bytes(count))", source: "FIONREAD")
        return count
    }

    /// How many datagrams were dropped at a full receive buffer.
    @discardableResult
    func drops(of socket: LabSocket) -> Int {
        let count = socket.socket.drops ?? 0
        says("\(name(of: socket.party)): \(count) dropped", source: "SO_MEMINFO")
        return count
    }

    func name(of party: Party) -> String { party.label ?? party.lane.rawValue }
}
