private import Glibc

/// What the kernel answers to `DiagnosticCalls`, as bytes: netlink(7), sock_diag(7). Numbers are in the machine's order.
package enum DiagnosticMessages {
    /// The bodies of the messages of one datagram, each behind a head of 16 bytes; whether no other datagram follows.
    package static func bodies(in datagram: [UInt8]) throws(Errno) -> (bodies: [ArraySlice<UInt8>], isLast: Bool) {
        var (bodies, rest) = ([ArraySlice<UInt8>](), datagram[...])
        guard rest.count >= headLength else { return (bodies, true) }
        while rest.count >= headLength {
            let length = Int(number(rest, 0))
            guard length >= headLength, length <= rest.count else { return (bodies, true) }
            switch number(rest, 4) & 0xffff {
            case done: return (bodies, true)
            case failed: throw error(rest)
            default: bodies.append(rest.dropFirst(headLength).prefix(length - headLength))
            }
            rest = rest.dropFirst(aligned(length))
        }
        return (bodies, false)
    }

    /// The body of the only answer; nil where there is no such socket.
    package static func body(of answer: [UInt8]) throws(Errno) -> ArraySlice<UInt8>? {
        guard answer.count >= 20, number(answer[...], 4) & 0xffff == failed else {
            return answer.dropFirst(headLength)
        }
        let error = error(answer[...])
        if error == .noSuchFile { return nil }
        throw error
    }

    private static let headLength = 16
    private static let failed: UInt32 = 2  // NLMSG_ERROR
    private static let done: UInt32 = 3  // NLMSG_DONE

    /// It stands behind the head, negated.
    private static func error(_ message: ArraySlice<UInt8>) -> Errno {
        Errno(rawValue: 0 &- Int32(bitPattern: number(message, headLength)))
    }

    // MARK: - TCP

    /// struct inet_diag_msg: family, state, timer, retransmits; the id at 4; expiry, then both queues at 56 and 60.
    package static func listener(_ message: ArraySlice<UInt8>, _ family: SocketFamily) -> ListeningSocket? {
        guard message.count >= 72 else { return nil }
        let source = message.dropFirst(8)
        let address: IPAddress
        if family == .inet {
            address = IPAddress(v4Bits: source.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        } else {
            address = IPAddress(v6Bits: source.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }, zone: nil)
        }
        return ListeningSocket(
            endpoint: .ip(address, port: port(message)), kind: .stream, queued: Int(number(message, 56)),
            limit: Int(number(message, 60)))
    }

    package static func connecting(_ message: ArraySlice<UInt8>) -> ConnectingSocket? {
        guard message.count >= 72 else { return nil }
        return ConnectingSocket(
            port: port(message), retransmits: Int(message[message.startIndex + 3]),
            expiry: .milliseconds(Int(number(message, 52))))
    }

    /// The socket's own, in the network's order.
    private static func port(_ message: ArraySlice<UInt8>) -> UInt16 {
        message.dropFirst(4).prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
    }

    // MARK: - Unix sockets

    /// struct unix_diag_msg: family, type, state, padding, inode, cookie; then attributes.
    package static func unixListener(_ message: ArraySlice<UInt8>) -> ListeningSocket? {
        guard let name = attribute(0, of: message).map(unixName),  // UNIX_DIAG_NAME
            let queue = attribute(4, of: message), queue.count >= 8  // UNIX_DIAG_RQLEN
        else { return nil }
        let kind: Network.Kind =
            message[message.startIndex + 1] == UInt8(SOCK_SEQPACKET.rawValue) ? .sequenced : .stream
        return ListeningSocket(
            endpoint: .unix(name), kind: kind, queued: Int(number(queue, 0)), limit: Int(number(queue, 4)))
    }

    private static func unixName(_ bytes: ArraySlice<UInt8>) -> UnixAddress {
        if bytes.first == 0 { return .abstract(ByteString(bytes: bytes.dropFirst())) }
        return .path(ByteString(bytes: bytes.prefix { $0 != 0 }))
    }

    /// The value of an attribute: each has its length, its type, and a value that ends at a multiple of four.
    package static func attribute(_ type: UInt32, of message: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var rest = message.dropFirst(16)
        while rest.count >= 4 {
            let length = Int(number(rest, 0) & 0xffff)
            guard length >= 4, length <= rest.count else { return nil }
            if number(rest, 0) >> 16 == type { return rest.dropFirst(4).prefix(length - 4) }
            rest = rest.dropFirst(aligned(length))
        }
        return nil
    }

    private static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

    /// 0 where the bytes end before it does.
    package static func number(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32 {
        let field = Array(bytes.dropFirst(offset).prefix(4))
        guard field.count == 4 else { return 0 }
        return unsafe field.withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt32.self) }
    }
}
