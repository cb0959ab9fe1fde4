internal import CLinux
internal import Glibc

/// Room for any `struct sockaddr`, and the translation from and to `Endpoint`.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private(set) var length: UInt32 = UInt32(MemoryLayout<sockaddr_storage>.size)

    /// Room for a call to write an address into.
    init() {}

    /// An address that a call wrote elsewhere.
    init(copying raw: sockaddr_storage, length: UInt32) {
        // Without a name nothing was written: what is there is an earlier call's.
        storage = length == 0 ? sockaddr_storage() : raw
        self.length = length
    }

    /// The address as it lies in memory, `length` bytes of it.
    var raw: sockaddr_storage { storage }

    /// The address to hand to bind(2), connect(2) or sendto(2).
    ///
    /// Fails with ENODEV for a zone that is no interface, and ENAMETOOLONG for a Unix path over the limit.
    init(_ endpoint: Endpoint, family: SocketFamily) throws(Errno) {
        switch endpoint {
        case .ip(let address, let port):
            if family == .inet, address.unmapped.family == .v4 {
                length = fill(sockaddr_in.self) { Self.write(address.unmapped, port, &$0) }
            } else {
                let scope = try Self.scope(of: address)
                length = fill(sockaddr_in6.self) { Self.write(address, port, scope, &$0) }
            }
        case .unix(let name):
            try fillUnix(name)
        case .vsock(let address):
            length = fill(sockaddr_vm.self) {
                $0.svm_family = sa_family_t(AF_VSOCK)
                $0.svm_cid = address.cid
                $0.svm_port = address.port
            }
        }
    }

    /// What the kernel wrote, as a value. An address of any other family reads as unnamed.
    var endpoint: Endpoint {
        switch Int32(storage.ss_family) {
        case AF_INET:
            return view(sockaddr_in.self) {
                .ip(IPAddress(v4Bits: UInt32(bigEndian: $0.sin_addr.s_addr)), port: UInt16(bigEndian: $0.sin_port))
            }
        case AF_INET6:
            return view(sockaddr_in6.self) {
                let bits = unsafe withUnsafeBytes(of: $0.sin6_addr) { unsafe $0.loadUnaligned(as: UInt128.self) }
                let zone = $0.sin6_scope_id == 0 ? nil : InterfaceCalls.name(of: $0.sin6_scope_id)
                let address = IPAddress(v6Bits: UInt128(bigEndian: bits), zone: zone)
                // A dual-stack socket shows its IPv4 peers as ::ffff:a.b.c.d; people know them as a.b.c.d.
                return .ip(address.unmapped, port: UInt16(bigEndian: $0.sin6_port))
            }
        case AF_UNIX:
            return .unix(unixAddress)
        case AF_VSOCK:
            return view(sockaddr_vm.self) { .vsock(VsockAddress(cid: $0.svm_cid, port: $0.svm_port)) }
        default:
            // Nothing was written: the call failed, or its peer has no name.
            return .unix(.unnamed)
        }
    }

    /// Lends the address to a call that reads it.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, UInt32) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }

    /// Lends the room to a call that writes an address and its length.
    mutating func withMutablePointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<UInt32>) -> Result
    ) -> Result {
        length = UInt32(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, &length) }
        }
    }

    // MARK: - Filling

    private static func scope(of address: IPAddress) throws(Errno) -> UInt32 {
        guard let zone = address.zone else { return 0 }
        if let number = UInt32(zone) { return number }
        return try InterfaceCalls.index(of: zone)
    }

    fileprivate static func write(_ address: IPAddress, _ port: UInt16, _ target: inout sockaddr_in) {
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr.s_addr = address.v4Bits.bigEndian
    }

    fileprivate static func write(_ address: IPAddress, _ port: UInt16, _ scope: UInt32, _ target: inout sockaddr_in6) {
        target.sin6_family = sa_family_t(AF_INET6)
        target.sin6_port = port.bigEndian
        target.sin6_scope_id = scope
        unsafe withUnsafeMutableBytes(of: &target.sin6_addr) {
            unsafe $0.storeBytes(of: address.v6Bits.bigEndian, as: UInt128.self)
        }
    }

    private mutating func fill<Address>(_ type: Address.Type, _ body: (inout Address) -> Void) -> UInt32 {
        unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: Address.self, capacity: 1) { unsafe body(&$0.pointee) }
        }
        return UInt32(MemoryLayout<Address>.size)
    }

    private func view<Address, Result>(_ type: Address.Type, _ body: (Address) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: Address.self, capacity: 1) { unsafe body($0.pointee) }
        }
    }

    // MARK: - Unix names

    private static let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!

    /// An abstract name starts with a NUL and is as long as the length says; a path ends with a NUL (unix(7)).
    private mutating func fillUnix(_ name: UnixAddress) throws(Errno) {
        let bytes: [UInt8]
        switch name {
        case .path(let path): bytes = path.bytes + [0]
        case .abstract(let name): bytes = [0] + name.bytes
        case .unnamed: bytes = []
        }
        guard bytes.count <= UnixAddress.maximumPathLength + 1 else { throw Errno(rawValue: ENAMETOOLONG) }
        storage.ss_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &storage) { room in
            for (index, byte) in bytes.enumerated() { unsafe room[Self.pathOffset + index] = byte }
        }
        length = UInt32(Self.pathOffset + bytes.count)
    }

    private var unixAddress: UnixAddress {
        let count = Int(length) - Self.pathOffset
        guard count > 0 else { return .unnamed }
        let bytes = unsafe withUnsafeBytes(of: storage) { room in
            (0..<count).map { unsafe room[Self.pathOffset + $0] }
        }
        if bytes[0] == 0 { return .abstract(ByteString(bytes: bytes.dropFirst())) }
        return .path(ByteString(bytes: bytes.prefix { $0 != 0 }))
    }
}
