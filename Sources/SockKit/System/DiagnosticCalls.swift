private import Glibc

/// A listening socket of any process, as the kernel's own list has it.
package struct ListeningSocket: Sendable, Hashable {
    package let endpoint: Endpoint
    package let kind: Network.Kind
    /// Connections that wait to be accepted.
    package let queued: Int
    /// The backlog as the kernel granted it.
    package let limit: Int
}

/// A TCP socket of this machine whose SYN was not answered yet.
package struct ConnectingSocket: Sendable, Hashable {
    /// Its own port.
    package let port: UInt16
    /// How often it has sent its SYN again.
    package let retransmits: Int
    /// In how long it does so next.
    package let expiry: Duration
}

/// The kernel's list of sockets, through netlink: sock_diag(7). Anyone may read it.
package enum DiagnosticCalls {
    /// The TCP sockets that listen on a port, over one version of IP.
    package static func listeners(on port: UInt16, _ family: SocketFamily) throws(Errno) -> [ListeningSocket] {
        // struct inet_diag_req_v2: family, protocol, extensions, padding, states; then the socket's id, of 48 bytes.
        var body: [UInt8] = [UInt8(family.rawValue), UInt8(IPPROTO_TCP), 0, 0] + bytes(1 << listening)
        body += [UInt8(port >> 8), UInt8(port & 0xff)] + Array(repeating: 0, count: 46)
        return try dump(body).compactMap { DiagnosticMessages.listener($0, family) }
    }

    /// The sockets that are connecting to a port, over one version of IP.
    package static func connecting(to port: UInt16, _ family: SocketFamily) throws(Errno) -> [ConnectingSocket] {
        var body: [UInt8] = [UInt8(family.rawValue), UInt8(IPPROTO_TCP), 0, 0] + bytes(1 << synSent)
        body += [0, 0, UInt8(port >> 8), UInt8(port & 0xff)] + Array(repeating: 0, count: 44)
        return try dump(body).compactMap(DiagnosticMessages.connecting)
    }

    /// The Unix sockets that listen, under whatever name.
    package static func unixListeners() throws(Errno) -> [ListeningSocket] {
        // struct unix_diag_req: family, protocol, padding, states, inode, what to show, cookie.
        let show = showName | showQueue
        let body = [UInt8(AF_UNIX), 0, 0, 0] + bytes(1 << listening) + bytes(0) + bytes(show) + bytes(0) + bytes(0)
        return try dump(body).compactMap(DiagnosticMessages.unixListener)
    }

    /// The bytes that wait to be read in the TCP socket with these ends, of any process; nil where there is none.
    package static func received(
        near: (IPAddress, UInt16), far: (IPAddress, UInt16)
    ) throws(Errno) -> Int? {
        let isV4 = near.0.unmapped.family == .v4
        func field(_ address: IPAddress) -> [UInt8] {
            let bits = isV4 ? UInt128(address.unmapped.v4Bits) << 96 : address.v6Bits
            return (0..<16).map { UInt8(truncatingIfNeeded: bits >> UInt128(120 - 8 * $0)) }
        }
        func field(_ port: UInt16) -> [UInt8] { [UInt8(port >> 8), UInt8(port & 0xff)] }
        let family = isV4 ? SocketFamily.inet : .inet6
        // The socket's id: both ports, both addresses, the interface, and a cookie that is not known.
        var body = [UInt8(family.rawValue), UInt8(IPPROTO_TCP), 0, 0] + bytes(.max) + field(near.1) + field(far.1)
        body += field(near.0) + field(far.0) + bytes(0) + bytes(.max) + bytes(.max)
        guard let message = try one(body), message.count >= 72, message[message.startIndex + 1] != listening else {
            return nil
        }
        return Int(DiagnosticMessages.number(message, 56))
    }

    /// The bytes that wait to be read at the peer of a Unix socket of ours; nil where it has no peer.
    package static func receivedByPeer(of descriptor: Int32) throws(Errno) -> Int? {
        let inode = try FileCalls.identity(of: descriptor).inode
        guard let peer = try unixAttribute(2, showing: showPeer, of: UInt32(truncatingIfNeeded: inode)) else {
            return nil
        }
        return try unixAttribute(4, showing: showQueue, of: DiagnosticMessages.number(peer, 0)).map {
            Int(DiagnosticMessages.number($0, 0))
        }
    }

    /// One attribute of the Unix socket with this inode.
    private static func unixAttribute(
        _ type: UInt32, showing: UInt32, of inode: UInt32
    ) throws(Errno) -> ArraySlice<UInt8>? {
        let body = [UInt8(AF_UNIX), 0, 0, 0] + bytes(.max) + bytes(inode) + bytes(showing) + bytes(.max) + bytes(.max)
        return try one(body).flatMap { DiagnosticMessages.attribute(type, of: $0) }
    }

    private static let synSent: UInt32 = 2  // TCP_SYN_SENT
    private static let listening: UInt32 = 10  // TCP_LISTEN
    private static let showPeer: UInt32 = 4  // UDIAG_SHOW_PEER
    private static let showName: UInt32 = 1  // UDIAG_SHOW_NAME
    private static let showQueue: UInt32 = 16  // UDIAG_SHOW_RQLEN

    // MARK: - Netlink

    /// Asks for the one socket that a request names, and returns the answer's body; nil where there is none.
    private static func one(_ body: [UInt8]) throws(Errno) -> ArraySlice<UInt8>? {
        let netlink = try ask(body, flags: 0x1)  // NLM_F_REQUEST
        return try DiagnosticMessages.body(of: FileCalls.readBlocking(netlink.rawValue, upTo: 8 << 10))
    }

    /// Asks for all that fits a request, and returns the answers' bodies; netlink(7).
    private static func dump(_ body: [UInt8]) throws(Errno) -> [ArraySlice<UInt8>] {
        let netlink = try ask(body, flags: 0x301)  // NLM_F_REQUEST|NLM_F_DUMP
        var answers: [ArraySlice<UInt8>] = []
        while true {
            let datagram = try FileCalls.readBlocking(netlink.rawValue, upTo: 64 << 10)
            let (bodies, isLast) = try DiagnosticMessages.bodies(in: datagram)
            answers += bodies
            if isLast { return answers }
        }
    }

    /// A netlink socket with the request sent: struct nlmsghdr (length, SOCK_DIAG_BY_FAMILY and flags, sequence, port).
    private static func ask(_ body: [UInt8], flags: UInt32) throws(Errno) -> FileDescriptor {
        let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue)
        let number = try SystemCall.perform(
            "socket", on: -1, arguments: "AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_SOCK_DIAG"
        ) {
            Int(socket(AF_NETLINK, type, 4))
        }
        let netlink = FileDescriptor(adopting: Int32(number))
        let request = bytes(UInt32(16 + body.count)) + bytes(20 | flags << 16) + bytes(1) + bytes(0) + body
        try FileCalls.writeBlocking(netlink.rawValue, request.span)
        return netlink
    }

    /// A number of the kernel's structures, in the machine's own order.
    private static func bytes(_ value: UInt32) -> [UInt8] {
        unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }
}
