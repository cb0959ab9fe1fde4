/// From where a listening socket can be reached.
public enum Reach: Sendable, Hashable {
    /// A loopback address, or a Unix socket.
    case thisMachine
    /// The networks that this one address is on.
    case oneAddress
    /// Every interface, over one version of IP.
    case everyInterface(IPAddress.Family)
    /// Every interface, over both.
    case everyInterfaceBothFamilies
}

extension Listener {
    public var reach: Reach { descriptor.reach(at: endpoint) }
}

extension DatagramSocket {
    public var reach: Reach { descriptor.reach(at: localEndpoint) }
}

extension PolledDescriptor {
    fileprivate func reach(at endpoint: Endpoint) -> Reach {
        guard let address = endpoint.address, !address.isLoopback else { return .thisMachine }
        guard address == .v4Any || address == .v6Any else { return .oneAddress }
        // The address does not say it: an IPv6 socket takes IPv4 too unless it was told not to, ipv6(7).
        let takesIPv4 = ask { number throws(Errno) in try SocketOption.onlyIPv6.get(from: number) } == 0
        return address == .v6Any && takesIPv4 ? .everyInterfaceBothFamilies : .everyInterface(address.family)
    }
}
