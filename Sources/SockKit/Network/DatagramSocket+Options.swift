extension DatagramSocket {
    /// Lets the kernel hand over runs of datagrams of one sender and length as one message (UDP_GRO); false where it does
    /// not know how. The batches must be made for it.
    public func coalesceRuns() -> Bool {
        guard sendsRuns else { return false }
        return set(.receiveOffload, 1)
    }

    /// Asks the kernel to say beside each datagram when it arrived, where it was sent to, its TTL, and how many were
    /// dropped before it. What a kind of socket cannot tell stays untold.
    public func receiveFacts() {
        _ = set(.timestamps, 1)
        _ = set(.dropCounts, 1)
        receiveDestinations()
        if family == .inet6 { _ = set(.receivesHopLimit, 1) }
        if family != .unix { _ = set(.receivesTimeToLive, 1) }
    }

    /// Asks the kernel to say where each datagram was sent to.
    public func receiveDestinations() {
        guard family != .unix else { return }
        _ = set(family == .inet ? .packetInfo : .packetInfo6, 1)
    }

    /// Receives what is sent to a group, by anybody or by one source only; `interface` by name or number, or the one that
    /// the route to the group leads through.
    public func join(
        _ group: IPAddress, source: IPAddress? = nil, interface: String? = nil
    ) throws(NetworkError) {
        do throws(DescriptorFailure) {
            try descriptor.withNumber { number throws(Errno) in
                let index = try interface.map { (name) throws(Errno) in try InterfaceCalls.number(name) }
                // Otherwise every group that anybody on this machine has joined would be heard here too (ip(7)).
                _ = try? (group.family == .v4 ? SocketOption.multicastAll : .multicastAll6).set(0, on: number)
                try DatagramCalls.join(number, group: group, source: source, interface: index ?? 0)
            }
        } catch {
            var cause = NetworkError.Cause(error, call: "setsockopt")
            if case .system(let number) = error {
                cause = .option(number, name: "MCAST_JOIN_GROUP", interface: interface)
            }
            throw NetworkError(
                .set, network: network, local: localEndpoint, remote: .ip(group, port: localEndpoint.port ?? 0),
                cause: cause)
        }
    }

    /// Whether a run of datagrams of one length can be left to the kernel to cut: of UDP as it is.
    public var sendsRuns: Bool { !network.isUnix && carrier == nil }

    private func set(_ option: SocketOption, _ value: Int32) -> Bool {
        let done: Void? = try? descriptor.withNumber { number throws(Errno) in try option.set(value, on: number) }
        return done != nil
    }
}
