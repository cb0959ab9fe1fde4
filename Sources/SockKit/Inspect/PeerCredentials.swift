/// The process at the other end of a Unix socket, as it was when it connected.
public struct PeerCredentials: Sendable, Hashable {
    public let process: Int32
    public let user: UInt32
    public let group: UInt32
}

extension Connection {
    /// Whose process the peer is; nil where the kernel does not know, as on TCP.
    public var peerCredentials: PeerCredentials? {
        guard network.isUnix else { return nil }
        return descriptor.ask { number throws(Errno) in
            let found = try SocketOption.peerCredentials(of: number)
            return PeerCredentials(process: found.process, user: found.user, group: found.group)
        }
    }
}
