extension Connection {
    /// The bytes that wait for the peer to read them, where the peer is a process of this machine; nil elsewhere.
    ///
    /// sock_diag(7) tells it of a TCP or connected Unix socket; of datagrams it knows only the next one's length.
    /// /proc/net/tcp, which lists every socket of the network namespace (proc(5)), is for where that is forbidden.
    public var peerReceiveQueue: Int? {
        if network.isUnix {
            guard network.kind != .datagram else { return nil }
            return descriptor.ask { number throws(Errno) in try DiagnosticCalls.receivedByPeer(of: number) } ?? nil
        }
        guard network.isTCP, case .ip(let near, let nearPort) = localEndpoint,
            case .ip(let far, let farPort) = remoteEndpoint
        else { return nil }
        // The peer's own socket has our far end as its near one.
        do throws(Errno) {
            let found = try DiagnosticCalls.received(near: (far, farPort), far: (near, nearPort))
            // A link-local socket is found by its interface too, which this does not tell.
            if found != nil || !far.isLinkLocal { return found }
        } catch {}
        let asV4 = near.family == .v4 ? "\(Self.text(far, farPort)) \(Self.text(near, nearPort))" : nil
        let asV6 = "\(Self.wideText(far, farPort)) \(Self.wideText(near, nearPort))"
        if let asV4, let found = Self.queue(in: "/proc/net/tcp", of: asV4) { return found }
        return Self.queue(in: "/proc/net/tcp6", of: asV6)
    }

    private static func queue(in path: String, of ends: String) -> Int? {
        guard let table = try? FileCalls.contents(of: path) else { return nil }
        for line in table.split(separator: "\n").dropFirst() {
            // `sl: local remote state tx_queue:rx_queue …`
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard words.count > 4, "\(words[1]) \(words[2])" == ends else { continue }
            return words[4].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
        return nil
    }

    /// As the kernel prints it: each 32-bit word in the machine's order, the port in the network's.
    private static func text(_ address: IPAddress, _ port: UInt16) -> String {
        "\(hexadecimal(UInt64(address.unmapped.v4Bits.bigEndian), 8)):\(hexadecimal(UInt64(port), 4))"
    }

    private static func wideText(_ address: IPAddress, _ port: UInt16) -> String {
        let words = [96, 64, 32, 0].map { UInt32(truncatingIfNeeded: address.v6Bits >> UInt128($0)).bigEndian }
        return words.map { hexadecimal(UInt64($0), 8) }.joined() + ":" + hexadecimal(UInt64(port), 4)
    }

    private static func hexadecimal(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
