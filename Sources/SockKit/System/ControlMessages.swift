private import CLinux
private import Glibc

/// What the kernel says beside a datagram, where it was asked to (cmsg(3)).
package struct DatagramControl: Sendable, Hashable {
    /// When it arrived, in nanoseconds since 1970 (SO_TIMESTAMPNS).
    package var arrived: Int64?
    /// The address that it was sent to (IP_PKTINFO, IPV6_PKTINFO).
    package var destination: IPAddress?
    /// The interface that it came through, by number; 0 is unknown.
    package var interface: UInt32 = 0
    package var timeToLive: Int?
    /// How many datagrams the socket has dropped before this one, in all (SO_RXQ_OVFL).
    package var drops: UInt32?
    /// The length of each datagram, but for the last, in a message that is several (UDP_GRO).
    package var segment: Int?

    package init() {}
}

/// Control messages as they lie in memory: a header of length, level and type, then the data, each aligned to a word.
enum ControlMessages {
    static let headerSize = MemoryLayout<cmsghdr>.size

    /// The room that a control message with so much data takes.
    static func space(_ count: Int) -> Int { headerSize + aligned(count) }

    private static func aligned(_ count: Int) -> Int { (count + 7) & ~7 }

    private static func header(_ level: Int32, _ type: Int32, _ size: Int) -> cmsghdr {
        var header = cmsghdr()
        header.cmsg_len = headerSize + size
        header.cmsg_level = level
        header.cmsg_type = type
        return header
    }

    /// Calls `body` with the level, type and data of each.
    static func each(
        _ area: UnsafeRawBufferPointer, _ body: (Int32, Int32, UnsafeRawBufferPointer) -> Void
    ) {
        var offset = 0
        while offset + headerSize <= area.count {
            let header = unsafe area.loadUnaligned(fromByteOffset: offset, as: cmsghdr.self)
            let length = Int(header.cmsg_len)
            guard length >= headerSize, offset + length <= area.count else { return }
            unsafe body(
                header.cmsg_level, header.cmsg_type,
                UnsafeRawBufferPointer(rebasing: area[offset + headerSize..<offset + length]))
            offset += aligned(length)
        }
    }

    /// Writes one; returns where the next may begin.
    static func write<Value: BitwiseCopyable>(
        _ level: Int32, _ type: Int32, _ value: Value, at offset: Int, of area: UnsafeMutableRawBufferPointer
    ) -> Int {
        let size = MemoryLayout<Value>.size
        let header = header(level, type, size)
        unsafe area.storeBytes(of: header, toByteOffset: offset, as: cmsghdr.self)
        unsafe area.storeBytes(of: value, toByteOffset: offset + headerSize, as: Value.self)
        return offset + space(size)
    }

    /// Writes the address that a datagram is to come from; returns where the next may begin.
    static func writeSource(
        _ address: IPAddress, at offset: Int, of area: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard address.family == .v6 else {
            // struct in_pktinfo: the second field is the source.
            let info = SIMD3<UInt32>(0, address.v4Bits.bigEndian, 0)
            let size = 12
            let header = header(Int32(IPPROTO_IP), IP_PKTINFO, size)
            unsafe area.storeBytes(of: header, toByteOffset: offset, as: cmsghdr.self)
            for index in 0..<3 {
                unsafe area.storeBytes(
                    of: info[index], toByteOffset: offset + headerSize + index * 4, as: UInt32.self)
            }
            return offset + space(size)
        }
        let header = header(Int32(IPPROTO_IPV6), Int32(SK_IPV6_PKTINFO), 20)
        unsafe area.storeBytes(of: header, toByteOffset: offset, as: cmsghdr.self)
        unsafe area.storeBytes(of: address.v6Bits.bigEndian, toByteOffset: offset + headerSize, as: UInt128.self)
        unsafe area.storeBytes(of: UInt32(0), toByteOffset: offset + headerSize + 16, as: UInt32.self)
        return offset + space(20)
    }

    /// How much data those have that are read here.
    private static func size(_ level: Int32, _ type: Int32) -> Int {
        switch (level, type) {
        case (SOL_SOCKET, Int32(SK_SO_TIMESTAMPNS)): MemoryLayout<timespec>.size
        case (Int32(IPPROTO_IP), IP_PKTINFO): 12
        case (Int32(IPPROTO_IPV6), Int32(SK_IPV6_PKTINFO)): 20
        default: MemoryLayout<Int32>.size
        }
    }

    /// What the control messages beside a datagram say.
    static func datagram(_ area: UnsafeRawBufferPointer) -> DatagramControl {
        var control = DatagramControl()
        unsafe each(area) { level, type, data in
            // The last one may be cut, where there was not room for all (recvmsg(2), MSG_CTRUNC).
            guard data.count >= size(level, type) else { return }
            switch (level, type) {
            case (SOL_SOCKET, Int32(SK_SO_TIMESTAMPNS)):
                let time = unsafe data.loadUnaligned(as: timespec.self)
                control.arrived = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
            case (SOL_SOCKET, Int32(SK_SO_RXQ_OVFL)): control.drops = unsafe data.loadUnaligned(as: UInt32.self)
            case (Int32(IPPROTO_IP), IP_PKTINFO):
                // struct in_pktinfo: the interface, the address that an answer would come from, the one addressed.
                control.interface = unsafe data.loadUnaligned(as: UInt32.self)
                let bits = unsafe UInt32(bigEndian: data.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
                control.destination = IPAddress(v4Bits: bits)
            case (Int32(IPPROTO_IPV6), Int32(SK_IPV6_PKTINFO)):
                // struct in6_pktinfo: the address, then the interface.
                let bits = unsafe UInt128(bigEndian: data.loadUnaligned(as: UInt128.self))
                control.interface = unsafe data.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
                control.destination = IPAddress(v6Bits: bits).unmapped
            case (Int32(IPPROTO_IP), IP_TTL), (Int32(IPPROTO_IPV6), Int32(SK_IPV6_HOPLIMIT)):
                control.timeToLive = unsafe Int(data.loadUnaligned(as: Int32.self))
            case (Int32(SK_SOL_UDP), Int32(SK_UDP_GRO)):
                control.segment = unsafe Int(data.loadUnaligned(as: Int32.self))
            default: break
            }
        }
        return control
    }
}
