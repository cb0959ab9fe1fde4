extension NetworkError {
    /// What a person could do about it, as a sentence without a full stop; nil where there is nothing worth saying.
    public var hint: String? {
        switch (operation, cause) {
        case (_, .tls(let failure)): failure.hint
        case (.dial, .timeout) where target != nil: "the proxy was reached, and did not answer in time"
        case (.dial, _) where target != nil: nil
        case (.dial, .system(.connectionRefused, _)): refusedHint
        case (.dial, .system(.noSuchFile, _)), (.write, .system(.noSuchFile, _)): "there is nothing at that path"
        case (.write, .system(.tooManyLinks, "open")): Self.linkHint
        case (.dial, .system(.wrongProtocolType, _)) where network == .unixgram,
            (.write, .system(.wrongProtocolType, _)):
            "the socket there takes no datagrams"
        case (.dial, .system(.wrongProtocolType, _)):
            "the socket there is of another type"
        case (.dial, .system(.timedOut, _)), (.dial, .timeout):
            "no answer came: the address may be filtered, down, or a server whose accept queue is full"
        case (.dial, .system(.networkUnreachable, _)), (.dial, .system(.hostUnreachable, _)):
            "no route leads there; look at: ip route get ADDRESS"
        case (.dial, .system(.invalidArgument, "connect")), (.write, .system(.invalidArgument, _)): zoneHint
        case (.dial, .system(.addressNotAvailable, _)):
            "the source address is not one of this machine's, or its ports are used up"
        case (_, .option(.noSuchInterface, _, _)): "name an interface that is there; look at: ip link"
        case (.set, .option(.addressInUse, _, _)): "a group is joined once on each interface"
        case (.listen, .system(.addressInUse, _)): inUseHint
        case (.listen, .system(.permissionDenied, _)): permissionHint
        case (.listen, .system(.addressNotAvailable, _)) where network == .vsock,
            (.dial, .system(.noSuchInterface, _)) where network == .vsock:
            "no such machine is here: the host is vsock:host:PORT; vsock:local:PORT needs the module vsock_loopback"
        case (.listen, .system(.addressNotAvailable, _)):
            "that address is not one of this machine's; look at: ip address"
        case (.dial, .noSuchHost(let name)):
            name.utf8.contains(UInt8(ascii: "."))
                ? nil : "a name without a dot is looked up in /etc/hosts and the search domains"
        case (.dial, .noSuitableAddress), (.listen, .noSuitableAddress):
            "the network and the address are of different families"
        case (_, .unknownService): "write the port as a number, or a name from /etc/services"
        case (.write, .system(.brokenPipe, _)) where stream == nil:
            "the peer had closed the connection before all was written"
        case (.dial, .system(.connectionReset, _)) where network == .vsock: refusedHint
        case (.dial, .system(.connectionReset, _)):
            "somebody listens there, who accepted the connection and aborted it at once"
        case (.read, .system(.connectionReset, _)), (.write, .system(.connectionReset, _)):
            "the peer aborted: it died, was killed, or closed with unread data"
        case (.read, .system(.timedOut, _)), (.write, .system(.timedOut, _)):
            "the peer's kernel no longer answers"
        case (.write, .system(.connectionRefused, _)) where network?.isUnix == true: refusedHint
        case (.read, .system(.connectionRefused, _)), (.write, .system(.connectionRefused, _)):
            "nobody receives there: the refusal came back as an ICMP message"
        case (.write, .system(.destinationRequired, _)):
            "the sender has no name to answer to; a Unix socket that is bound has one"
        case (_, .system(.notPermitted, "io_uring_setup")), (_, .system(.permissionDenied, "io_uring_setup")),
            (_, .system(.noFunction, "io_uring_setup")):
            "io_uring is not to be had here: it may be switched off, look at: sysctl kernel.io_uring_disabled; "
                + "or a container's seccomp profile forbids it"
        case (_, .system(.tooManyOpenFiles, _)): "raise the limit with: ulimit -n"
        case (.write, .system(.messageTooLong, _)): "one datagram holds at most 65507 bytes over IPv4, 65527 over IPv6"
        default: nil
        }
    }

    /// What a file that is written and reached by links may have run into.
    package static let linkHint = "a link that another user has put into a sticky folder, such as /tmp, is not followed"

    private var refusedHint: String? {
        switch remote {
        case .ip(_, port: 0): return "nothing can listen on port 0"
        case .ip(let address, let port): return "nothing listens on \(Endpoint.ip(address, port: port))"
        case .unix:
            return network == .unixgram
                ? "nobody receives there: who did is gone, or it is no socket"
                : "nobody listens there: its listener is gone, or it is no socket"
        case .vsock(let address): return "nobody listens on vsock:\(address)"
        case nil: return nil
        }
    }

    /// On which link such an address is, only its zone says (RFC 4007).
    private var zoneHint: String? {
        guard case .ip(let address, let port) = remote, address.isLinkLocal, address.family == .v6, address.zone == nil
        else { return nil }
        return "a link-local address needs its interface: [\(address)%eth0]:\(port)"
    }

    private var inUseHint: String? {
        switch local {
        case .ip(_, let port) where network?.isUDP == true:
            "somebody receives there already; look at: ss -lunp 'sport = :\(port)'"
        case .ip(_, let port): "somebody listens there already; look at: ss -ltnp 'sport = :\(port)'"
        case .unix(let name): "somebody listens on \(name) already, or a file of that name exists"
        case .vsock(let address): "somebody listens on vsock:\(address) already"
        case nil: nil
        }
    }

    private var permissionHint: String? {
        guard case .ip(_, let port) = local, port < 1024 else { return nil }
        return "ports below 1024 are the superuser's; try one above, such as \(Int(port) + 8000)"
    }
}
