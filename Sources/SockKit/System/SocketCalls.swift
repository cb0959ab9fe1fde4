private import CLinux
private import Glibc

/// The protocol family of a socket: the first argument of socket(2).
public enum SocketFamily: Sendable, Hashable {
    case inet, inet6, unix, vsock

    var rawValue: Int32 {
        switch self {
        case .inet: AF_INET
        case .inet6: AF_INET6
        case .unix: AF_UNIX
        case .vsock: AF_VSOCK
        }
    }
}

/// The socket calls of section 2 of the manual, each wrapped once.
package enum SocketCalls {
    /// A socket that is non-blocking and close-on-exec from birth. The corresponding call is socket(2).
    package static func socket(
        _ family: SocketFamily, _ kind: Network.Kind, multipath: Bool = false
    ) throws(Errno) -> FileDescriptor {
        let type: Int32 =
            switch kind {
            case .stream: Int32(SOCK_STREAM.rawValue)
            case .datagram: Int32(SOCK_DGRAM.rawValue)
            case .sequenced: Int32(SOCK_SEQPACKET.rawValue)
            }
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = try SystemCall.perform(
            "socket", on: -1,
            arguments: "\(family.constantName), \(kind.constantName)|SOCK_NONBLOCK|SOCK_CLOEXEC, "
                + (multipath ? "IPPROTO_MPTCP" : "0")
        ) {
            Int(Glibc.socket(family.rawValue, type | flags, multipath ? Int32(SK_IPPROTO_MPTCP) : 0))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    package static func bind(_ descriptor: Int32, to endpoint: Endpoint, family: SocketFamily) throws(Errno) {
        let address = try SocketAddress(endpoint, family: family)
        _ = try SystemCall.perform("bind", on: descriptor, arguments: "\(descriptor), \(endpoint)") {
            unsafe address.withPointer { unsafe Int(Glibc.bind(descriptor, $0, $1)) }
        }
    }

    package static func listen(_ descriptor: Int32, backlog: Int32) throws(Errno) {
        _ = try SystemCall.perform("listen", on: descriptor, arguments: "\(descriptor), \(backlog)") {
            Int(Glibc.listen(descriptor, backlog))
        }
    }

    /// Starts or finishes a connect. Never retried: an interrupted connect(2) goes on by itself.
    package static func connect(_ descriptor: Int32, to endpoint: Endpoint, family: SocketFamily) throws(Errno) {
        let address = try SocketAddress(endpoint, family: family)
        _ = try SystemCall.perform(
            "connect", on: descriptor, retryingInterrupts: false, arguments: "\(descriptor), \(endpoint)"
        ) {
            unsafe address.withPointer { unsafe Int(Glibc.connect(descriptor, $0, $1)) }
        }
    }

    /// As `connect`, which tells again what it comes to: would-block while it is in progress.
    package static func connectNow(
        _ descriptor: Int32, to endpoint: Endpoint, family: SocketFamily
    ) throws(Errno) -> Attempt<Void> {
        do throws(Errno) { try connect(descriptor, to: endpoint, family: family) } catch {
            switch error {
            case .inProgress, .alreadyInProgress, .interrupted: return .wouldBlock
            case .isConnected: break
            default: throw error
            }
        }
        return .done(())
    }

    /// The longest queue that listen(2) grants, net.core.somaxconn; nil where the kernel does not tell.
    package static var longestBacklog: Int? {
        guard let text = try? FileCalls.contents(of: "/proc/sys/net/core/somaxconn") else { return nil }
        return Int(text.prefix { !$0.isWhitespace })
    }

    /// Takes a peer from the queue, non-blocking and close-on-exec. The corresponding call is accept4(2).
    package static func accept(_ descriptor: Int32) throws(Errno) -> Attempt<AcceptedSocket> {
        var address = SocketAddress()
        let outcome = try SystemCall.attempt(
            "accept4", on: descriptor,
            arguments: address.endpoint == .unix(.unnamed)
                ? "\(descriptor), SOCK_NONBLOCK|SOCK_CLOEXEC"
                : "\(descriptor), \(address.endpoint), SOCK_NONBLOCK|SOCK_CLOEXEC"
        ) {
            unsafe address.withMutablePointer {
                unsafe Int(accept4(descriptor, $0, $1, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)))
            }
        }
        switch outcome {
        case .wouldBlock: return .wouldBlock
        case .done(let number): return .done(AcceptedSocket(number: Int32(number), remote: address.endpoint))
        }
    }

    package static func shutdown(_ descriptor: Int32, _ direction: ShutdownDirection) throws(Errno) {
        _ = try SystemCall.perform(
            "shutdown", on: descriptor, arguments: "\(descriptor), \(direction.constantName)"
        ) {
            Int(Glibc.shutdown(descriptor, direction.rawValue))
        }
    }

    package static func localEndpoint(of descriptor: Int32) throws(Errno) -> Endpoint {
        var address = SocketAddress()
        _ = try SystemCall.perform("getsockname", on: descriptor, arguments: "\(descriptor), \(address.endpoint)") {
            unsafe address.withMutablePointer { unsafe Int(getsockname(descriptor, $0, $1)) }
        }
        return address.endpoint
    }

    package static func remoteEndpoint(of descriptor: Int32) throws(Errno) -> Endpoint {
        var address = SocketAddress()
        _ = try SystemCall.perform("getpeername", on: descriptor, arguments: "\(descriptor), \(address.endpoint)") {
            unsafe address.withMutablePointer { unsafe Int(getpeername(descriptor, $0, $1)) }
        }
        return address.endpoint
    }

    /// Takes and clears the error that is pending on the socket (SO_ERROR); nil where there is none.
    package static func takeError(of descriptor: Int32) throws(Errno) -> Errno? {
        let number = try SocketOption.error.get(from: descriptor)
        return number == 0 ? nil : Errno(rawValue: number)
    }
}

/// What accept4(2) gave: a descriptor that its taker must adopt at once.
package struct AcceptedSocket: Sendable {
    package let number: Int32
    package let remote: Endpoint
}

package enum ShutdownDirection: Sendable {
    case read, write, both

    var rawValue: Int32 {
        switch self {
        case .read: Int32(SHUT_RD)
        case .write: Int32(SHUT_WR)
        case .both: Int32(SHUT_RDWR)
        }
    }

    var constantName: String {
        switch self {
        case .read: "SHUT_RD"
        case .write: "SHUT_WR"
        case .both: "SHUT_RDWR"
        }
    }
}

extension SocketFamily {
    var constantName: String {
        switch self {
        case .inet: "AF_INET"
        case .inet6: "AF_INET6"
        case .unix: "AF_UNIX"
        case .vsock: "AF_VSOCK"
        }
    }
}

extension Network.Kind {
    var constantName: String {
        switch self {
        case .stream: "SOCK_STREAM"
        case .datagram: "SOCK_DGRAM"
        case .sequenced: "SOCK_SEQPACKET"
        }
    }
}
