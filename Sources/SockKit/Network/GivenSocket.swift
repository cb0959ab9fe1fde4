/// A socket that the process was given by whoever started it, ready to be used.
public enum GivenSocket: Sendable {
    /// It listens.
    case listener(Listener)
    /// It is connected to a peer.
    case connection(Connection)
    /// It receives datagrams.
    case datagrams(DatagramSocket)

    /// The network that it is of.
    @Netpoller
    public var network: Network {
        switch self {
        case .listener(let listener): listener.network
        case .connection(let connection): connection.network
        case .datagrams(let socket): socket.network
        }
    }

    /// Takes a descriptor over: its number is closed with what comes of it. Fails if it is no socket, or one of a kind that
    /// is not known here.
    ///
    /// Of the standard streams, whose numbers must stay taken, a copy is used, and the number leads nowhere after that.
    @Netpoller
    public init(adopting number: Int32, options: SocketOptions = SocketOptions()) throws(NetworkError) {
        let network = try Self.network(of: number)
        do throws(OptionFailure) { try options.apply(to: number, network, Self.family(of: number)) } catch {
            throw NetworkError(.listen, network: network, cause: error.cause)
        }
        do throws(Errno) { self = try Self.adopt(number, network, lingers: options.lingers) } catch {
            guard error != .notConnected else {
                throw Self.refusal("descriptor \(number) neither listens nor is connected")
            }
            throw NetworkError(.listen, network: network, cause: .system(error, call: "descriptor \(number)"))
        }
    }

    /// Leaves it as it was found to whoever gave it, for a program that ends without closing it.
    @Netpoller
    public func leaveAsFound() {
        switch self {
        case .listener(let listener): listener.descriptor.restoreWaiting()
        case .connection(let connection): connection.descriptor.restoreWaiting()
        case .datagrams(let socket): socket.descriptor.restoreWaiting()
        }
    }

    @Netpoller
    private static func adopt(
        _ number: Int32, _ network: Network, lingers: Bool
    ) throws(Errno) -> GivenSocket {
        let local = try SocketCalls.localEndpoint(of: number)
        let listens = try SocketOption.acceptsConnections.get(from: number) != 0
        let remote = listens || network.kind == .datagram ? nil : try SocketCalls.remoteEndpoint(of: number)
        let waited = try !FileCalls.isNonBlocking(number)
        let socket = try own(number)
        // accept(2) has no flag that keeps it from waiting, and splice(2) goes by the file's.
        try FileCalls.setNonBlocking(true, socket.rawValue)
        // Whoever gave it may hold it still, and closing ours would leave it among those that the loop watches.
        let descriptor = try PolledDescriptor(adopting: socket, sharesFile: true, restoresWaiting: waited)
        if let remote {
            descriptor.lingers = lingers && network.isTCP
            return .connection(Connection(descriptor, network, local: local, remote: remote))
        }
        guard listens else {
            return .datagrams(
                DatagramSocket(descriptor, network, family: local.socketFamily, local: local, path: nil))
        }
        return .listener(
            Listener(
                descriptor, network, local, backlog: descriptor.grantedBacklog ?? -1, path: nil, lingers: lingers,
                isShared: true))
    }

    private static func own(_ number: Int32) throws(Errno) -> FileDescriptor {
        guard number > 2 else {
            let copy = try FileCalls.duplicate(number)
            try FileCalls.leadNowhere(number)
            return copy
        }
        try FileCalls.closeOnExec(number)
        return FileDescriptor(adopting: number)
    }

    private static func network(of number: Int32) throws(NetworkError) -> Network {
        let kind: FileKind
        do throws(Errno) { kind = try FileCalls.identity(of: number).kind } catch {
            throw refusal("descriptor \(number) is not open: nobody gave it")
        }
        guard kind == .socket else { throw refusal("descriptor \(number) is no socket") }
        func name(_ option: SocketOption) -> String {
            ((try? option.get(from: number)).flatMap(option.valueName)) ?? "unknown"
        }
        let protocolName = name(.protocolNumber)
        switch (name(.domain), name(.type)) {
        case ("AF_UNIX", "SOCK_STREAM"): return .unix
        case ("AF_UNIX", "SOCK_DGRAM"): return .unixgram
        case ("AF_UNIX", "SOCK_SEQPACKET"): return .unixpacket
        case ("AF_VSOCK", "SOCK_STREAM"): return .vsock
        case ("AF_INET", _) where protocolName.hasSuffix("TCP"), ("AF_INET6", _) where protocolName.hasSuffix("TCP"):
            return .tcp
        case ("AF_INET", _) where protocolName == "IPPROTO_UDP", ("AF_INET6", _) where protocolName == "IPPROTO_UDP":
            return .udp
        case (let domain, let type):
            throw refusal("descriptor \(number) is a socket of a kind that is not known here (\(domain), \(type))")
        }
    }

    private static func family(of number: Int32) -> SocketFamily {
        (try? SocketCalls.localEndpoint(of: number))?.socketFamily ?? .unix
    }

    private static func refusal(_ text: String) -> NetworkError {
        NetworkError(.listen, network: nil, cause: .invalid(text))
    }
}

extension PolledDescriptor {
    /// What listen(2) granted, where TCP_INFO tells it; see `Listener.acceptQueue`.
    fileprivate var grantedBacklog: Int32? {
        let info = try? withNumber { number throws(Errno) in try TCPInfoCalls.information(of: number) }
        return info.map { Int32(clamping: $0.sacked) }
    }
}
