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
        return try dump(body).compactMap { message in inet(message, family) }
    }

    /// The sockets that are connecting to a port, over one version of IP.
    package static func connecting(to port: UInt16, _ family: SocketFamily) throws(Errno) -> [ConnectingSocket] {
        var body: [UInt8] = [UInt8(family.rawValue), UInt8(IPPROTO_TCP), 0, 0] + bytes(1 << synSent)
        body += [0, 0, UInt8(port >> 8), UInt8(port & 0xff)] + Array(repeating: 0, count: 44)
        return try dump(body).compactMap { message in
            guard message.count >= 72 else { return nil }
            let start = message.startIndex
            return ConnectingSocket(
                port: UInt16(message[start + 4]) << 8 | UInt16(message[start + 5]),
                retransmits: Int(message[start + 3]), expiry: .milliseconds(Int(number(message, 52))))
        }
    }

    /// The Unix sockets that listen, under whatever name.
    package static func unixListeners() throws(Errno) -> [ListeningSocket] {
        // struct unix_diag_req: family, protocol, padding, states, inode, what to show, cookie.
        let show = showName | showQueue
        let body = [UInt8(AF_UNIX), 0, 0, 0] + bytes(1 << listening) + bytes(0) + bytes(show) + bytes(0) + bytes(0)
        return try dump(body).compactMap(unix)
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
        return Int(number(message, 56))
    }

    /// The bytes that wait to be read at the peer of a Unix socket of ours; nil where it has no peer.
    package static func receivedByPeer(of descriptor: Int32) throws(Errno) -> Int? {
        let inode = try FileCalls.identity(of: descriptor).inode
        guard let peer = try unixAttribute(2, showing: showPeer, of: UInt32(truncatingIfNeeded: inode)) else {
            return nil
        }
        return try unixAttribute(4, showing: showQueue, of: number(peer, 0)).map { Int(number($0, 0)) }
    }

    /// One attribute of the Unix socket with this inode.
    private static func unixAttribute(
        _ type: UInt32, showing: UInt32, of inode: UInt32
    ) throws(Errno) -> ArraySlice<UInt8>? {
        let body = [UInt8(AF_UNIX), 0, 0, 0] + bytes(.max) + bytes(inode) + bytes(showing) + bytes(.max) + bytes(.max)
        var rest = try one(body)?.dropFirst(16) ?? []
        while rest.count >= 4 {
            let length = Int(number(rest, 0) & 0xffff)
            guard length >= 4, length <= rest.count else { return nil }
            if number(rest, 0) >> 16 == type { return rest.dropFirst(4).prefix(length - 4) }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return nil
    }

    private static let synSent: UInt32 = 2  // TCP_SYN_SENT
    private static let listening: UInt32 = 10  // TCP_LISTEN
    private static let showPeer: UInt32 = 4  // UDIAG_SHOW_PEER
    private static let showName: UInt32 = 1  // UDIAG_SHOW_NAME
    private static let showQueue: UInt32 = 16  // UDIAG_SHOW_RQLEN

    // MARK: - Answers

    /// struct inet_diag_msg: family, state, timer, retransmits; the id at 4; expiry, then both queues at 56 and 60.
    private static func inet(_ message: ArraySlice<UInt8>, _ family: SocketFamily) -> ListeningSocket? {
        guard message.count >= 72 else { return nil }
        let start = message.startIndex
        let port = UInt16(message[start + 4]) << 8 | UInt16(message[start + 5])
        let source = message[(start + 8)...]
        let address: IPAddress
        if family == .inet {
            address = IPAddress(v4Bits: source.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        } else {
            address = IPAddress(v6Bits: source.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }, zone: nil)
        }
        return ListeningSocket(
            endpoint: .ip(address, port: port), kind: .stream, queued: Int(number(message, 56)),
            limit: Int(number(message, 60)))
    }

    /// struct unix_diag_msg: family, type, state, padding, inode, cookie; then attributes, from 16.
    private static func unix(_ message: ArraySlice<UInt8>) -> ListeningSocket? {
        guard message.count >= 16 else { return nil }
        let kind: Network.Kind =
            message[message.startIndex + 1] == UInt8(SOCK_SEQPACKET.rawValue) ? .sequenced : .stream
        var name: UnixAddress?
        var queue: (Int, Int)?
        var rest = message.dropFirst(16)
        while rest.count >= 4 {
            let length = Int(number(rest, 0) & 0xffff)
            guard length >= 4, length <= rest.count else { break }
            let value = rest.dropFirst(4).prefix(length - 4)
            switch number(rest, 0) >> 16 {
            case 0: name = unixName(value)  // UNIX_DIAG_NAME
            case 4 where value.count >= 8: queue = (Int(number(value, 0)), Int(number(value, 4)))  // UNIX_DIAG_RQLEN
            default: break
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        guard let name, let queue else { return nil }
        return ListeningSocket(endpoint: .unix(name), kind: kind, queued: queue.0, limit: queue.1)
    }

    private static func unixName(_ bytes: ArraySlice<UInt8>) -> UnixAddress {
        if bytes.first == 0 { return .abstract(ByteString(bytes: bytes.dropFirst())) }
        return .path(ByteString(bytes: bytes.prefix { $0 != 0 }))
    }

    // MARK: - Netlink

    /// Asks for the one socket that a request names, and returns the answer's body; nil where there is none.
    private static func one(_ body: [UInt8]) throws(Errno) -> ArraySlice<UInt8>? {
        let netlink = try ask(body, flags: 0x1)  // NLM_F_REQUEST
        let answer = try FileCalls.readBlocking(netlink.rawValue, upTo: 8 << 10)[...]
        guard answer.count >= 20, number(answer, 4) & 0xffff == 2 else { return answer.dropFirst(16) }  // NLMSG_ERROR
        let error = Errno(rawValue: -Int32(bitPattern: number(answer, 16)))
        if error == .noSuchFile { return nil }
        throw error
    }

    /// Asks for all that fits a request, and returns the answers' bodies; netlink(7).
    private static func dump(_ body: [UInt8]) throws(Errno) -> [ArraySlice<UInt8>] {
        let netlink = try ask(body, flags: 0x301)  // NLM_F_REQUEST|NLM_F_DUMP
        var answers: [ArraySlice<UInt8>] = []
        while true {
            var rest = try FileCalls.readBlocking(netlink.rawValue, upTo: 64 << 10)[...]
            guard rest.count >= 16 else { return answers }
            while rest.count >= 16 {
                let length = Int(Self.number(rest, 0))
                guard length >= 16, length <= rest.count else { return answers }
                switch Self.number(rest, 4) & 0xffff {
                case 3: return answers  // NLMSG_DONE
                case 2: throw Errno(rawValue: -Int32(bitPattern: Self.number(rest, 16)))  // NLMSG_ERROR
                default: answers.append(rest.dropFirst(16).prefix(length - 16))
                }
                rest = rest.dropFirst((length + 3) & ~3)
            }
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

    private static func number(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32 {
        let field = Array(bytes.dropFirst(offset).prefix(4))
        guard field.count == 4 else { return 0 }
        return unsafe field.withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt32.self) }
    }
}
