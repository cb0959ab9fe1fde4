import SockKit

/// Addresses for experiments that need one before anything is bound to it.
extension Stage {
    /// A Unix address outside the file system that nobody else uses.
    var abstractName: String { "@lab-\(Self.word)" }

    /// A path that nobody else uses; whatever stands there at the end is removed.
    var socketPath: String {
        let path = "/tmp/lab-\(Self.word)"
        atEnd { try? FileCalls.remove(ByteString(path)) }
        return path
    }

    /// Eight digits that nobody else has.
    private static var word: String {
        let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// Ends the experiment where the kernel has fewer ports for the clients of one server.
    func requirePorts(_ count: Int) throws(Interruption) {
        guard let range = KernelSettings.now.localPorts else { return }
        try require(
            range.count >= count, else: "net.ipv4.ip_local_port_range has too few ports: \(range.count), not \(count)")
    }

    /// Whether ::1 can be listened at: a kernel that makes IPv6 sockets may have its addresses switched off.
    func hasLoopbackSix() async throws(Interruption) -> Bool {
        var probe: LabListener?
        _ = try await failure { () async throws(Interruption) in
            probe = try await server.quiet.listen(.tcp6, "[::1]:0")
        }
        probe?.listener.close()
        return probe != nil
    }

    /// A UDP port of 127.0.0.1 that is free, below those that the kernel gives out by itself.
    func unusedPort() async throws(Interruption) -> UInt16 {
        for _ in 1...100 {
            let port = UInt16.random(in: 20_000..<30_000)
            let probe = try? await ListenConfiguration().listenDatagram(.udp, "127.0.0.1:\(port)")
            guard let probe else { continue }
            probe.close()
            return port
        }
        throw .notRun("no free UDP port was found")
    }
}
