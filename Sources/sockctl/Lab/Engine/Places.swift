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
