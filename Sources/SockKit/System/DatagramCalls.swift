private import CLinux
private import Glibc

/// What only datagram sockets are asked: groups, the error queue.
package enum DatagramCalls {
    /// Joins a group, of all its senders or of one. The corresponding calls are setsockopt(2) with MCAST_JOIN_GROUP and
    /// MCAST_JOIN_SOURCE_GROUP (RFC 3678), which are the same for both versions of IP.
    package static func join(
        _ descriptor: Int32, group: IPAddress, source: IPAddress?, interface: UInt32
    ) throws(Errno) {
        let level = group.family == .v4 ? Int32(IPPROTO_IP) : Int32(IPPROTO_IPV6)
        let levelName = group.family == .v4 ? "IPPROTO_IP" : "IPPROTO_IPV6"
        let groupAddress = try storage(group)
        if let source {
            var request = group_source_req()
            request.gsr_interface = interface
            request.gsr_group = groupAddress
            request.gsr_source = try storage(source)
            _ = try SystemCall.perform(
                "setsockopt", on: descriptor,
                arguments: "\(descriptor), \(levelName), MCAST_JOIN_SOURCE_GROUP, "
                    + "{interface=\(interface), group=\(group), source=\(source)}"
            ) {
                unsafe Int(
                    setsockopt(
                        descriptor, level, MCAST_JOIN_SOURCE_GROUP, &request,
                        UInt32(MemoryLayout<group_source_req>.size)))
            }
        } else {
            var request = group_req()
            request.gr_interface = interface
            request.gr_group = groupAddress
            _ = try SystemCall.perform(
                "setsockopt", on: descriptor,
                arguments: "\(descriptor), \(levelName), MCAST_JOIN_GROUP, {interface=\(interface), group=\(group)}"
            ) {
                unsafe Int(
                    setsockopt(descriptor, level, MCAST_JOIN_GROUP, &request, UInt32(MemoryLayout<group_req>.size)))
            }
        }
    }

    private static func storage(_ address: IPAddress) throws(Errno) -> sockaddr_storage {
        try SocketAddress(.ip(address, port: 0), family: address.family == .v4 ? .inet : .inet6).raw
    }

    /// IP_MULTICAST_IF of IPv4, which takes a structure; IPv6 has a row of its own.
    package static func setMulticastInterface(_ index: UInt32, on descriptor: Int32) throws(Errno) {
        var request = ip_mreqn()
        request.imr_ifindex = Int32(index)
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor,
            arguments: "\(descriptor), IPPROTO_IP, IP_MULTICAST_IF, {imr_ifindex=\(index)}"
        ) {
            unsafe Int(
                setsockopt(
                    descriptor, Int32(IPPROTO_IP), IP_MULTICAST_IF, &request, UInt32(MemoryLayout<ip_mreqn>.size)))
        }
    }

    /// IP_MTU_DISCOVER or IPV6_MTU_DISCOVER as IP_PMTUDISC_DO: what the path cannot carry whole is refused.
    package static func forbidFragments(_ descriptor: Int32, _ family: SocketFamily) throws(Errno) {
        if family == .inet { return try SocketOption.mtuDiscovery.set(IP_PMTUDISC_DO, on: descriptor) }
        try SocketOption.mtuDiscovery6.set(IPV6_PMTUDISC_DO, on: descriptor)
        try SocketOption.neverFragments6.set(1, on: descriptor)
        // What goes to IPv4 addresses in their mapped form follows IPv4's own option.
        try? SocketOption.mtuDiscovery.set(IP_PMTUDISC_DO, on: descriptor)
    }

    /// Takes one error off the socket's queue (IP_RECVERR); nil where there is none.
    package static func nextError(of descriptor: Int32) throws(Errno) -> QueuedError? {
        var name = SocketAddress()
        var payload: UInt8 = 0
        var control = SIMD64<UInt64>()
        var header = unsafe msghdr()
        var found: QueuedError?
        let outcome = try SystemCall.attempt(
            "recvmsg", on: descriptor,
            arguments: "\(descriptor), \(found.map { "{\($0.destination), \($0.errno.name)}" } ?? "{}"), MSG_ERRQUEUE"
        ) {
            unsafe withUnsafeMutableBytes(of: &control) { area in
                unsafe withUnsafeMutablePointer(to: &payload) { byte in
                    var piece = unsafe iovec(iov_base: byte, iov_len: 1)
                    return unsafe withUnsafeMutablePointer(to: &piece) { piece in
                        unsafe name.withMutablePointer { address, length in
                            unsafe header.msg_name = UnsafeMutableRawPointer(address)
                            unsafe header.msg_namelen = length.pointee
                            unsafe header.msg_iov = piece
                            unsafe header.msg_iovlen = 1
                            unsafe header.msg_control = area.baseAddress
                            unsafe header.msg_controllen = area.count
                            let result = unsafe recvmsg(descriptor, &header, Int32(MSG_ERRQUEUE) | Int32(MSG_DONTWAIT))
                            unsafe length.pointee = header.msg_namelen
                            if result >= 0 {
                                found = unsafe error(
                                    in: UnsafeRawBufferPointer(rebasing: area[..<header.msg_controllen]))
                            }
                            return result
                        }
                    }
                }
            }
        }
        guard case .done = outcome, var found else { return nil }
        found.destination = name.endpoint
        return found
    }

    private static func error(in area: UnsafeRawBufferPointer) -> QueuedError? {
        var found: QueuedError?
        unsafe ControlMessages.each(area) { level, type, data in
            guard
                level == Int32(IPPROTO_IP) && type == IP_RECVERR || level == Int32(IPPROTO_IPV6) && type == IPV6_RECVERR
            else { return }
            let entry = unsafe data.loadUnaligned(as: sk_extended_error.self)
            found = QueuedError(
                errno: Errno(rawValue: Int32(bitPattern: entry.number)), destination: .unix(.unnamed),
                information: Int(entry.information))
        }
        return found
    }
}

/// An error that came back for a datagram sent before.
package struct QueuedError: Sendable {
    package let errno: Errno
    /// Where the datagram had been sent to.
    package fileprivate(set) var destination: Endpoint
    /// For EMSGSIZE, the path's limit.
    package let information: Int
}
