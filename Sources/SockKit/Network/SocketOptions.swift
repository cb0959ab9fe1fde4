/// What to ask of a socket before it is bound or connected. What is nil is left as the kernel has it.
public struct SocketOptions: Sendable, Hashable {
    public var sendBuffer: Int?
    public var receiveBuffer: Int?
    /// Nagle's algorithm off, as in Go; TCP only.
    public var noDelay: Bool = true
    /// TCP only.
    public var keepAlive: KeepAlive = .standard
    public var timeToLive: Int32?
    public var typeOfService: Int32?
    /// How long data may stay unacknowledged before the connection is given up (TCP_USER_TIMEOUT).
    public var userTimeout: Duration?
    /// How long a close lets unsent data live; zero resets the connection.
    public var linger: Duration?
    /// Whether closing waits.
    var lingers: Bool { linger.map { $0 >= .seconds(1) } ?? false }
    public var maximumSegment: Int32?
    public var interface: String?
    public var reusesPort: Bool = false
    public var broadcasts: Bool = false
    /// Datagrams: the address may be shared with others that say so, as receivers of one group do.
    public var sharesAddress: Bool = false
    /// The interface that datagrams to groups leave by.
    public var multicastInterface: String?
    /// Datagrams that the path cannot carry whole are refused rather than sent in pieces.
    public var forbidsFragments: Bool = false

    /// Packets that have passed more routers than 255 less this are dropped, ip(7).
    public var minimumTimeToLive: Int32?
    /// The algorithm that decides how much may be under way, such as `cubic`; TCP only.
    public var congestionControl: String?
    /// Data may travel with the SYN (RFC 7413); TCP only.
    public var fastOpen: Bool = false
    /// Several paths may carry the connection (RFC 8684), where the peer can it too; TCP only.
    public var multipath: Bool = false
    /// Set after all others, in this order.
    public var chosen: [ChosenOption] = []

    public init() {}

    /// Sets what applies to a socket of this network and family.
    package func apply(to descriptor: Int32, _ network: Network, _ family: SocketFamily) throws(OptionFailure) {
        try applyKnown(to: descriptor, network, family)
        for option in chosen {
            do throws(Errno) { try option.set(on: descriptor) } catch {
                throw OptionFailure(cause: .option(error, name: option.name))
            }
        }
    }

    private func applyKnown(
        to descriptor: Int32, _ network: Network, _ family: SocketFamily
    ) throws(OptionFailure) {
        try set(.sendBuffer, sendBuffer.map(Int32.init(clamping:)), descriptor)
        try set(.receiveBuffer, receiveBuffer.map(Int32.init(clamping:)), descriptor)
        if reusesPort { try set(.reusePort, 1, descriptor) }
        if broadcasts { try set(.broadcast, 1, descriptor) }
        if sharesAddress { try set(.reuseAddress, 1, descriptor) }
        guard family == .inet || family == .inet6 else { return }
        if let interface {
            try call("SO_BINDTODEVICE", interface: interface) { () throws(Errno) in
                try SocketOption.bind(toInterface: interface, on: descriptor)
            }
        }
        try set(family == .inet ? .timeToLive : .hopLimit, timeToLive, descriptor)
        try set(family == .inet ? .minimumTimeToLive : .minimumHopCount, minimumTimeToLive, descriptor)
        try set(family == .inet ? .typeOfService : .trafficClass, typeOfService, descriptor)
        guard network.isTCP else { return try applyDatagram(descriptor, family) }
        try setKnown(.noDelay, noDelay ? 1 : 0, descriptor, isDefault: noDelay)
        try set(.maximumSegment, maximumSegment, descriptor)
        try set(.userTimeout, userTimeout.map { Int32(clamping: $0.wholeNanoseconds / 1_000_000) }, descriptor)
        if let linger {
            try call("SO_LINGER") { () throws(Errno) in
                try SocketOption.setLinger(Int32(clamping: linger.components.seconds), on: descriptor)
            }
        }
        try applyKeepAlive(descriptor)
        if let congestionControl { try apply(congestionControl, descriptor) }
    }

    private func applyDatagram(_ descriptor: Int32, _ family: SocketFamily) throws(OptionFailure) {
        // Groups have a limit of their own, which is 1: their datagrams stay on this network.
        try set(family == .inet ? .multicastTimeToLive : .multicastHops, timeToLive, descriptor)
        if let multicastInterface {
            let name = family == .inet ? "IP_MULTICAST_IF" : "IPV6_MULTICAST_IF"
            try call(name, interface: multicastInterface) { () throws(Errno) in
                let index = try InterfaceCalls.number(multicastInterface)
                if family == .inet { return try DatagramCalls.setMulticastInterface(index, on: descriptor) }
                try SocketOption.multicastInterface6.set(Int32(index), on: descriptor)
            }
        }
        guard forbidsFragments else { return }
        try call("IP_MTU_DISCOVER") { () throws(Errno) in try DatagramCalls.forbidFragments(descriptor, family) }
    }

    private func applyKeepAlive(_ descriptor: Int32) throws(OptionFailure) {
        guard let idle = keepAlive.idle else { return try set(.keepAlive, 0, descriptor) }
        try set(.keepAlive, 1, descriptor)
        // The kernel counts in whole seconds, of which none is too few.
        let interval = max(1, Int32(clamping: keepAlive.interval.components.seconds))
        let isDefault = keepAlive == .standard
        try setKnown(.keepAliveIdle, max(1, Int32(clamping: idle.components.seconds)), descriptor, isDefault: isDefault)
        try setKnown(.keepAliveInterval, interval, descriptor, isDefault: isDefault)
        try setKnown(.keepAliveCount, keepAlive.count, descriptor, isDefault: isDefault)
    }

    /// Multipath TCP has learned TCP's options over the years, up to Linux 6.10: what nobody asked for is left to a kernel
    /// that does not know it there.
    private func setKnown(
        _ option: SocketOption, _ value: Int32, _ descriptor: Int32, isDefault: Bool
    ) throws(OptionFailure) {
        do throws(Errno) { try option.set(value, on: descriptor) } catch {
            if multipath, isDefault, [.notSupported, .noSuchProtocolOption].contains(error) { return }
            throw OptionFailure(cause: .option(error, name: option.name))
        }
    }

    private func set(_ option: SocketOption, _ value: Int32?, _ descriptor: Int32) throws(OptionFailure) {
        guard let value else { return }
        try call(option.name) { () throws(Errno) in try option.set(value, on: descriptor) }
    }

    private func call(
        _ name: String, interface: String? = nil, _ body: () throws(Errno) -> Void
    ) throws(OptionFailure) {
        do throws(Errno) { try body() } catch {
            throw OptionFailure(cause: .option(error, name: name, interface: interface))
        }
    }
}

/// An option that the kernel refused.
package struct OptionFailure: Error, Sendable {
    let cause: NetworkError.Cause
}
