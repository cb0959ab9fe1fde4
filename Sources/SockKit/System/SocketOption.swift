private import CLinux
private import Glibc

/// A socket option whose value is one C int, as a row: level, number, name.
///
/// Rows are sorted by level, then by the option's constant.
package struct SocketOption: Sendable {
    let level: Int32
    let number: Int32
    package let name: String

    package func set(_ value: Int32, on descriptor: Int32) throws(Errno) {
        var value = value
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor, arguments: "\(descriptor), \(levelName), \(name), \(value)"
        ) {
            unsafe Int(setsockopt(descriptor, level, number, &value, UInt32(MemoryLayout<Int32>.size)))
        }
    }

    package func get(from descriptor: Int32) throws(Errno) -> Int32 {
        var value: Int32 = 0
        var size = UInt32(MemoryLayout<Int32>.size)
        _ = try SystemCall.perform(
            "getsockopt", on: descriptor, arguments: "\(descriptor), \(levelName), \(name), \(value)"
        ) {
            unsafe Int(getsockopt(descriptor, level, number, &value, &size))
        }
        return value
    }

    private var levelName: String {
        switch level {
        case SOL_SOCKET: "SOL_SOCKET"
        case Int32(IPPROTO_TCP): "IPPROTO_TCP"
        case Int32(IPPROTO_IP): "IPPROTO_IP"
        case Int32(IPPROTO_IPV6): "IPPROTO_IPV6"
        case Int32(SK_SOL_UDP): "SOL_UDP"
        case Int32(SK_SOL_MPTCP): "SOL_MPTCP"
        default: "\(level)"
        }
    }
}

// MARK: - SOL_SOCKET, socket(7)

extension SocketOption {
    private static func socket(_ number: Int32, _ name: String) -> SocketOption {
        SocketOption(level: SOL_SOCKET, number: number, name: name)
    }

    package static let reuseAddress = socket(SO_REUSEADDR, "SO_REUSEADDR")
    package static let type = socket(SO_TYPE, "SO_TYPE")
    package static let error = socket(SO_ERROR, "SO_ERROR")
    package static let broadcast = socket(SO_BROADCAST, "SO_BROADCAST")
    package static let sendBuffer = socket(SO_SNDBUF, "SO_SNDBUF")
    package static let receiveBuffer = socket(SO_RCVBUF, "SO_RCVBUF")
    package static let keepAlive = socket(SO_KEEPALIVE, "SO_KEEPALIVE")
    package static let reusePort = socket(SO_REUSEPORT, "SO_REUSEPORT")
    package static let receiveLowMark = socket(SO_RCVLOWAT, "SO_RCVLOWAT")
    package static let acceptsConnections = socket(SO_ACCEPTCONN, "SO_ACCEPTCONN")
    package static let protocolNumber = socket(SO_PROTOCOL, "SO_PROTOCOL")
    package static let timestamps = socket(Int32(SK_SO_TIMESTAMPNS), "SO_TIMESTAMPNS")
    package static let domain = socket(SO_DOMAIN, "SO_DOMAIN")
    package static let dropCounts = socket(Int32(SK_SO_RXQ_OVFL), "SO_RXQ_OVFL")

    /// SO_LINGER: seconds that close(2) lets unsent data live; 0 resets the connection, nil is the default.
    package static func setLinger(_ seconds: Int32?, on descriptor: Int32) throws(Errno) {
        var value = linger(l_onoff: seconds == nil ? 0 : 1, l_linger: seconds ?? 0)
        let text = "{l_onoff=\(value.l_onoff), l_linger=\(value.l_linger)}"
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor, arguments: "\(descriptor), SOL_SOCKET, SO_LINGER, \(text)"
        ) {
            unsafe Int(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, UInt32(MemoryLayout<linger>.size)))
        }
    }

    /// SO_LINGER as it is: seconds, or nil where close(2) does not wait.
    package static func getLinger(of descriptor: Int32) throws(Errno) -> Int32? {
        var value = linger()
        var size = UInt32(MemoryLayout<linger>.size)
        _ = try SystemCall.perform(
            "getsockopt", on: descriptor, arguments: "\(descriptor), SOL_SOCKET, SO_LINGER, \(size) bytes"
        ) {
            unsafe Int(getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, &size))
        }
        return value.l_onoff == 0 ? nil : value.l_linger
    }

    /// SO_MEMINFO: what the kernel has charged to the receive buffer, its own needs included, how large that is, and how many
    /// datagrams were dropped for want of room in it, in all.
    package static func receiveMemory(of descriptor: Int32) throws(Errno) -> (used: Int, size: Int, drops: Int) {
        var values = [UInt32](repeating: 0, count: Int(SK_MEMINFO_VARS))
        var size = UInt32(values.count * 4)
        // SK_MEMINFO_RMEM_ALLOC and SK_MEMINFO_RCVBUF are the first two.
        _ = try SystemCall.perform(
            "getsockopt", on: descriptor,
            arguments: "\(descriptor), SOL_SOCKET, SO_MEMINFO, "
                + "{rmem_alloc=\(values[0]), rcvbuf=\(values[1]), drops=\(values[Int(SK_MEMINFO_DROPS)])}"
        ) {
            unsafe Int(getsockopt(descriptor, SOL_SOCKET, Int32(SK_SO_MEMINFO), &values, &size))
        }
        return (used: Int(values[0]), size: Int(values[1]), drops: Int(values[Int(SK_MEMINFO_DROPS)]))
    }

    /// SO_PEERCRED: the process at the other end of a Unix socket, its user and its group.
    package static func peerCredentials(
        of descriptor: Int32
    ) throws(Errno) -> (process: Int32, user: UInt32, group: UInt32) {
        // struct ucred is these three, in this order (unix(7)).
        var values: [UInt32] = [0, 0, 0]
        var size = UInt32(values.count * 4)
        _ = try SystemCall.perform(
            "getsockopt", on: descriptor,
            arguments: "\(descriptor), SOL_SOCKET, SO_PEERCRED, {pid=\(values[0]), uid=\(values[1]), gid=\(values[2])}"
        ) {
            unsafe Int(getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &values, &size))
        }
        return (process: Int32(bitPattern: values[0]), user: values[1], group: values[2])
    }

    /// SO_BINDTODEVICE: only packets of this interface.
    package static func bind(toInterface name: String, on descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor, arguments: "\(descriptor), SOL_SOCKET, SO_BINDTODEVICE, \"\(name)\""
        ) {
            unsafe Int(setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, UInt32(name.utf8.count)))
        }
    }
}

// MARK: - IPPROTO_IP and IPPROTO_IPV6, ip(7) and ipv6(7)

extension SocketOption {
    private static func ip(_ number: Int32, _ name: String) -> SocketOption {
        SocketOption(level: Int32(IPPROTO_IP), number: number, name: name)
    }

    private static func ipv6(_ number: Int32, _ name: String) -> SocketOption {
        SocketOption(level: Int32(IPPROTO_IPV6), number: number, name: name)
    }

    package static let typeOfService = ip(IP_TOS, "IP_TOS")
    package static let timeToLive = ip(IP_TTL, "IP_TTL")
    package static let packetInfo = ip(IP_PKTINFO, "IP_PKTINFO")
    package static let mtuDiscovery = ip(IP_MTU_DISCOVER, "IP_MTU_DISCOVER")
    package static let receivesErrors = ip(IP_RECVERR, "IP_RECVERR")
    package static let receivesTimeToLive = ip(IP_RECVTTL, "IP_RECVTTL")
    package static let pathMTU = ip(IP_MTU, "IP_MTU")
    package static let minimumTimeToLive = ip(IP_MINTTL, "IP_MINTTL")
    package static let bindsWithoutPort = ip(IP_BIND_ADDRESS_NO_PORT, "IP_BIND_ADDRESS_NO_PORT")
    package static let multicastTimeToLive = ip(IP_MULTICAST_TTL, "IP_MULTICAST_TTL")
    /// The ports to choose from: the last in the upper half, the first in the lower (Linux 6.3).
    package static let localPortRange = ip(Int32(SK_IP_LOCAL_PORT_RANGE), "IP_LOCAL_PORT_RANGE")
    package static let multicastAll = ip(Int32(SK_IP_MULTICAST_ALL), "IP_MULTICAST_ALL")
    package static let hopLimit = ipv6(IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS")
    package static let onlyIPv6 = ipv6(IPV6_V6ONLY, "IPV6_V6ONLY")
    package static let multicastInterface6 = ipv6(IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF")
    package static let multicastHops = ipv6(IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS")
    package static let mtuDiscovery6 = ipv6(IPV6_MTU_DISCOVER, "IPV6_MTU_DISCOVER")
    package static let pathMTU6 = ipv6(IPV6_MTU, "IPV6_MTU")
    package static let receivesErrors6 = ipv6(IPV6_RECVERR, "IPV6_RECVERR")
    package static let multicastAll6 = ipv6(Int32(SK_IPV6_MULTICAST_ALL), "IPV6_MULTICAST_ALL")
    package static let packetInfo6 = ipv6(Int32(SK_IPV6_RECVPKTINFO), "IPV6_RECVPKTINFO")
    package static let receivesHopLimit = ipv6(Int32(SK_IPV6_RECVHOPLIMIT), "IPV6_RECVHOPLIMIT")
    package static let neverFragments6 = ipv6(Int32(SK_IPV6_DONTFRAG), "IPV6_DONTFRAG")
    package static let minimumHopCount = ipv6(Int32(SK_IPV6_MINHOPCOUNT), "IPV6_MINHOPCOUNT")
    package static let trafficClass = ipv6(IPV6_TCLASS, "IPV6_TCLASS")
}

// MARK: - SOL_UDP, udp(7)

extension SocketOption {
    /// A run of datagrams from one sender may come as one message, which says how long each of them is.
    package static let receiveOffload = SocketOption(
        level: Int32(SK_SOL_UDP), number: Int32(SK_UDP_GRO), name: "UDP_GRO")
}

// MARK: - IPPROTO_TCP, tcp(7)

extension SocketOption {
    private static func tcp(_ number: Int32, _ name: String) -> SocketOption {
        SocketOption(level: Int32(IPPROTO_TCP), number: number, name: name)
    }

    package static let noDelay = tcp(TCP_NODELAY, "TCP_NODELAY")
    package static let maximumSegment = tcp(TCP_MAXSEG, "TCP_MAXSEG")
    package static let keepAliveIdle = tcp(TCP_KEEPIDLE, "TCP_KEEPIDLE")
    package static let keepAliveInterval = tcp(TCP_KEEPINTVL, "TCP_KEEPINTVL")
    package static let keepAliveCount = tcp(TCP_KEEPCNT, "TCP_KEEPCNT")
    package static let synCount = tcp(TCP_SYNCNT, "TCP_SYNCNT")
    package static let quickAcknowledgement = tcp(TCP_QUICKACK, "TCP_QUICKACK")
    /// Of a listening socket: how many may wait whose SYN had data.
    package static let fastOpen = tcp(Int32(SK_TCP_FASTOPEN), "TCP_FASTOPEN")
    package static let fastOpenConnect = tcp(Int32(SK_TCP_FASTOPEN_CONNECT), "TCP_FASTOPEN_CONNECT")
    /// Whether several paths may carry the connection (Linux 5.16).
    package static let isMultipath = tcp(Int32(SK_TCP_IS_MPTCP), "TCP_IS_MPTCP")
    package static let userTimeout = tcp(TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT")
}

// MARK: - Names of the values that SO_DOMAIN, SO_TYPE and SO_PROTOCOL have

extension SocketOption {
    /// The constant's name where this option's values are constants that a socket here can have.
    package func valueName(_ value: Int32) -> String? {
        let names: [Int32: String] =
            switch name {
            case "SO_DOMAIN": [AF_UNIX: "AF_UNIX", AF_INET: "AF_INET", AF_INET6: "AF_INET6", AF_VSOCK: "AF_VSOCK"]
            case "SO_TYPE":
                [
                    Int32(SOCK_STREAM.rawValue): "SOCK_STREAM", Int32(SOCK_DGRAM.rawValue): "SOCK_DGRAM",
                    Int32(SOCK_SEQPACKET.rawValue): "SOCK_SEQPACKET",
                ]
            case "SO_PROTOCOL":
                [
                    Int32(IPPROTO_TCP): "IPPROTO_TCP", Int32(IPPROTO_UDP): "IPPROTO_UDP",
                    Int32(SK_IPPROTO_MPTCP): "IPPROTO_MPTCP",
                ]
            default: [:]
            }
        return names[value]
    }
}
