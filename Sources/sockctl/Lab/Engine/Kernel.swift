import SockKit

/// The kernel's lane: what it said when it was asked, and under which name it was asked.
@Netpoller
final class Kernel {
    private unowned let stage: Stage

    init(_ stage: Stage) {
        self.stage = stage
    }

    /// Something that was read from the kernel; the source says how.
    func says(_ text: String, source: String) { stage.note(.kernel, .fact, text, source: source) }

    /// Something that nobody saw: it follows from what was seen.
    func inferred(_ text: String) { stage.note(.kernel, .inferred, text) }

    // MARK: - Connections

    /// How many bytes wait to be read (SIOCINQ).
    @discardableResult
    func unread(_ end: LabConnection) -> Int {
        let count = end.connection.bytesWaiting
        says("\(name(of: end)) can read \(Quantity.bytes(count))", source: "SIOCINQ")
        return count
    }

    /// Waits until so many bytes wait to be read, and says so.
    @discardableResult
    func holds(_ count: Int, for end: LabConnection) async -> Bool {
        let came = await stage.until { end.connection.bytesWaiting >= count }
        unread(end)
        return came
    }

    /// How many bytes the peer's kernel has not acknowledged (SIOCOUTQ).
    @discardableResult
    func unacknowledged(_ end: LabConnection) -> Int {
        let count = end.connection.queueDepths?.unacknowledged ?? 0
        says("\(name(of: end)) has \(Quantity.bytes(count)) unacknowledged", source: "SIOCOUTQ")
        return count
    }

    /// The connection's state as TCP has it: `ESTAB`.
    @discardableResult
    func state(_ end: LabConnection) -> String {
        let state = end.connection.tcpInfo.map { "\($0.state)" } ?? "gone"
        says("\(name(of: end)): \(state)", source: "TCP_INFO")
        return state
    }

    /// Waits until the connection is in a state, and says in which it is then.
    @discardableResult
    func reaches(_ wanted: TCPInfo.State, _ end: LabConnection, meaning: String? = nil) async -> Bool {
        let came = await stage.until { end.connection.tcpInfo?.state == wanted }
        let state = end.connection.tcpInfo.map { "\($0.state)" } ?? "gone"
        says("\(name(of: end)): \(state)" + (came ? meaning.map { ": \($0)" } ?? "" : ""), source: "TCP_INFO")
        return came
    }

    /// How large its buffers are.
    @discardableResult
    func buffers(_ end: LabConnection) -> BufferSizes? {
        guard let sizes = end.connection.bufferSizes else { return nil }
        says(
            "\(name(of: end)): send buffer \(sizes.send), receive buffer \(sizes.receive)",
            source: "SO_SNDBUF, SO_RCVBUF")
        return sizes
    }

    private func name(of end: LabConnection) -> String { end.party.label ?? end.party.lane.rawValue }

    // MARK: - Listeners

    /// How many connections wait to be accepted, and the limit.
    @discardableResult
    func queue(_ listener: LabListener) -> (length: Int, limit: Int)? {
        let found =
            listener.listener.acceptQueue
            ?? ListeningQueue.find(listener.endpoint, listener.network).flatMap { queue in
                queue.limit.map { (queue.length, $0) }
            }
        guard let found else { return nil }
        let source = listener.network.isTCP ? "TCP_INFO" : "sock_diag"
        says("accept queue: \(found.length) waiting, limit \(found.limit)", source: source)
        return found
    }

    /// Waits until so many connections wait to be accepted.
    @discardableResult
    func queues(_ count: Int, on listener: LabListener) async -> Bool {
        let came = await stage.until {
            let queue = listener.listener.acceptQueue?.length
            return (queue ?? ListeningQueue.find(listener.endpoint, listener.network)?.length ?? 0) >= count
        }
        queue(listener)
        return came
    }
}
