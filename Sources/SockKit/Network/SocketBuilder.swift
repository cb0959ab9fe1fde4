/// Makes the sockets that dialers and listeners need: the order is socket, options, control, bind.
struct SocketBuilder {
    let operation: NetworkError.Operation
    let network: Network
    let options: SocketOptions
    let control: ControlHook?
    let local: Endpoint?
    let remote: Endpoint?
    var reusesAddress = false
    var isDualStack = false
    /// The permissions of a Unix socket's file.
    var mode: UInt32?

    /// A socket of the family, bound to `local` where there is one.
    func make(_ family: SocketFamily) throws(NetworkError) -> FileDescriptor {
        let descriptor = try socket(family)
        let number = descriptor.rawValue
        if family == .inet6 {
            // Set both ways: the default is a sysctl (net.ipv6.bindv6only).
            try set(.onlyIPv6, isDualStack ? 0 : 1, on: number)
        }
        if reusesAddress { try set(.reuseAddress, 1, on: number) }
        do throws(OptionFailure) { try options.apply(to: number, network, family) } catch { throw failure(error.cause) }
        if options.fastOpen, network.isTCP {
            // To listen, the value is how many may wait; the kernel takes no more of them than of all others.
            try set(operation == .listen ? .fastOpen : .fastOpenConnect, operation == .listen ? 256 : 1, on: number)
        }
        if let control {
            try system("control") { () throws(Errno) in try control(RawSocket(number: number), network, remote ?? local)
            }
        }
        if let mode {
            try system("fchmod") { () throws(Errno) in try FileCalls.setMode(mode, of: number) }
        }
        if let local {
            try system("bind") { () throws(Errno) in try SocketCalls.bind(number, to: local, family: family) }
        }
        return descriptor
    }

    private func socket(_ family: SocketFamily) throws(NetworkError) -> FileDescriptor {
        let multipath = options.multipath && network.isTCP
        do throws(Errno) { return try SocketCalls.socket(family, network.kind, multipath: multipath) } catch {
            switch error {
            // mptcp(7): the protocol is not built in, or net.mptcp.enabled is 0.
            case .noSuchProtocolOption where multipath, .protocolNotSupported where multipath,
                .invalidArgument where multipath:
                throw failure(.noProtocol(error, "this kernel has no Multipath TCP, or net.mptcp.enabled is 0"))
            case .familyNotSupported where family == .vsock:
                throw failure(.noProtocol(error, "this kernel has no vsock"))
            default: throw failure(.system(error, call: "socket"))
            }
        }
    }

    func set(_ option: SocketOption, _ value: Int32, on number: Int32) throws(NetworkError) {
        do throws(Errno) { try option.set(value, on: number) } catch {
            throw failure(.option(error, name: option.name))
        }
    }

    /// Names a call for the error it may end in.
    func system<Value: ~Copyable>(
        _ call: String, _ body: () throws(Errno) -> Value
    ) throws(NetworkError) -> Value {
        do throws(Errno) { return try body() } catch { throw failure(.system(error, call: call)) }
    }

    func localEndpoint(of number: Int32) throws(NetworkError) -> Endpoint {
        try system("getsockname") { () throws(Errno) in try SocketCalls.localEndpoint(of: number) }
    }

    func failure(_ cause: NetworkError.Cause) -> NetworkError {
        NetworkError(
            operation, network: network, local: local, remote: remote, cause: cause, namesLocal: local != nil)
    }
}

/// Called on the raw socket after socket(2) and before bind(2) and connect(2): an error ends the operation.
public typealias ControlHook = @Sendable (RawSocket, Network, Endpoint?) throws(Errno) -> Void

/// A socket that somebody else owns, for a control hook.
public struct RawSocket: Sendable {
    /// The descriptor: yours to configure, not to close.
    public let number: Int32

    /// setsockopt(2) with one C int.
    public func setOption(level: Int32, name: Int32, value: Int32) throws(Errno) {
        try SocketOption(level: level, number: name, name: "\(name)").set(value, on: number)
    }
}

extension Endpoint {
    /// The family of socket that this endpoint needs.
    package var socketFamily: SocketFamily {
        switch self {
        case .ip(let address, _): address.family == .v4 ? .inet : .inet6
        case .unix: .unix
        case .vsock: .vsock
        }
    }
}
