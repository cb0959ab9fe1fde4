import Glibc
@testable import SockKit
import Testing

@Suite struct SocketAddressTests {
    private static let loopbackBits = IPAddress.v6Loopback.v6Bits

    @Test(arguments: [
        (Endpoint.ip(.v4Loopback, port: 80), SocketFamily.inet), (.ip(IPAddress(v4: 1, 2, 3, 4), port: 65535), .inet),
        (.ip(.v6Loopback, port: 1), .inet6),
        (.ip(IPAddress(v6Bits: 0x2001_0db8 << 96 | 0x42, zone: nil), port: 443), .inet6),
        (.ip(IPAddress(v6Bits: 0xfe80 << 112 | 1, zone: "lo"), port: 9), .inet6),
        (.unix(.path("/tmp/x")), .unix), (.unix(.path(ByteString(String(repeating: "p", count: 107)))), .unix),
        (.unix(.abstract("name")), .unix), (.unix(.abstract(ByteString(String(repeating: "a", count: 107)))), .unix),
        (.unix(.unnamed), .unix),
    ])
    func `an endpoint survives being written as a sockaddr`(endpoint: Endpoint, family: SocketFamily) throws {
        #expect(try SocketAddress(endpoint, family: family).endpoint == endpoint)
    }

    @Test(arguments: [
        (Endpoint.ip(.v4Loopback, port: 0), SocketFamily.inet), (.ip(.v6Loopback, port: 0), .inet6),
    ])
    func `the kernel takes an IP address and gives it back with a port`(endpoint: Endpoint, family: SocketFamily) throws
    {
        let socket = try SocketCalls.socket(family, .stream)
        try SocketCalls.bind(socket.rawValue, to: endpoint, family: family)
        let bound = try SocketCalls.localEndpoint(of: socket.rawValue)
        #expect(bound.address == endpoint.address)
        #expect(try #require(bound.port) > 0)
    }

    @Test func `the kernel takes a Unix path and gives it back`() throws {
        let directory = try TemporaryDirectory()
        let path = Endpoint.unix(.path("\(directory.path)/socket"))
        let socket = try SocketCalls.socket(.unix, .stream)
        #expect(try SocketCalls.localEndpoint(of: socket.rawValue) == .unix(.unnamed))
        try SocketCalls.bind(socket.rawValue, to: path, family: .unix)
        #expect(try SocketCalls.localEndpoint(of: socket.rawValue) == path)
    }

    @Test func `the kernel takes an abstract name and gives it back`() throws {
        let name = Endpoint.unix(.abstract("sockkit-address-\(getpid())"))
        let socket = try SocketCalls.socket(.unix, .stream)
        try SocketCalls.bind(socket.rawValue, to: name, family: .unix)
        #expect(try SocketCalls.localEndpoint(of: socket.rawValue) == name)
    }

    @Test func `an IPv4 address on a socket of IPv6 is written mapped and read plain`() throws {
        let plain = Endpoint.ip(.v4Loopback, port: 7)
        let address = try SocketAddress(plain, family: .inet6)
        #expect(address.length == UInt32(MemoryLayout<sockaddr_in6>.size))
        #expect(address.endpoint == plain)
        let mapped = Endpoint.ip(IPAddress(v6Bits: 0xffff_7f00_0001), port: 7)
        #expect(try SocketAddress(mapped, family: .inet).length == UInt32(MemoryLayout<sockaddr_in>.size))
    }

    @Test func `a path or name that does not fit is refused`() {
        for length in [108, 1000] {
            let name = ByteString(String(repeating: "x", count: length))
            for address in [UnixAddress.path(name), .abstract(name)] {
                #expect(throws: Errno(rawValue: ENAMETOOLONG)) { try SocketAddress(.unix(address), family: .unix) }
            }
        }
    }

    @Test func `a zone is an interface's name or number`() throws {
        let index = try InterfaceCalls.index(of: "lo")
        #expect(InterfaceCalls.name(of: index) == "lo")
        let bits = UInt128(0xfe80) << 112 | 1
        let numbered = Endpoint.ip(IPAddress(v6Bits: bits, zone: "\(index)"), port: 1)
        #expect(try SocketAddress(numbered, family: .inet6).endpoint.address?.zone == "lo")
        let unknown = Endpoint.ip(IPAddress(v6Bits: bits, zone: "no-such-if"), port: 1)
        #expect(throws: Errno(rawValue: ENODEV)) { try SocketAddress(unknown, family: .inet6) }
    }
}
