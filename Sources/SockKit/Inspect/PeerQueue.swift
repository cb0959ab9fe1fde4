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
        return ProcNetTCP.received(near: (far, farPort), far: (near, nearPort))
    }
}
