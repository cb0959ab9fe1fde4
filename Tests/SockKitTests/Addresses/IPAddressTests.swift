import SockKit
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::A", "2001:db8::a"),
        ("0:0:0:0:0:0:0:1", "::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"),
        ("2001:0db8:0000::0042", "2001:db8::42"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("::FFFF:102:304", "::ffff:1.2.3.4"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("fe80::1%eth0", "fe80::1%eth0"), ("fe80::1%2", "fe80::1%2"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func `a literal is read and printed in its canonical form`(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "256.0.0.1", "010.0.0.1", "00.0.0.0",
        "0x7f.0.0.1",
        "1.2.3.4 ", " 1.2.3.4", "1.2.3.-4", "+1.2.3.4", "1.2.3.4%eth0", "99999999999.1.1.1", "١.2.3.4",
        ":", ":::", "1:", ":1", "1::2::3", "::1::", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4:5",
        "::01.2.3.4", "1.2.3.4::", "[::1]", "::1%", "::1%a b", "::1%a%b", "::1%a/b", "::1%a]", "::1%a:1", "%eth0",
        "localhost",
    ])
    func `anything else is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `bits are in host order and an IPv4 address is mapped into IPv6`() {
        let v4 = IPAddress(v4: 127, 0, 0, 1)
        #expect(v4.v4Bits == 0x7f00_0001)
        #expect(v4.v6Bits == 0xffff_7f00_0001)
        #expect(v4 == IPAddress(v4Bits: 0x7f00_0001) && v4 == .v4Loopback)
        #expect(IPAddress(v6Bits: 1) == .v6Loopback && IPAddress.v6Loopback.v4Bits == 0)
        #expect(IPAddress("fe80::1%eth0") == IPAddress(v6Bits: 0xfe80 << 112 | 1, zone: "eth0"))
        #expect(IPAddress(v6Bits: 1, zone: "") == .v6Loopback)
    }

    @Test func `a mapped address equals the one it stands for only after unmapping`() throws {
        let mapped = try #require(IPAddress("::ffff:1.2.3.4"))
        let plain = IPAddress(v4: 1, 2, 3, 4)
        #expect(mapped.isV4Mapped && !plain.isV4Mapped)
        #expect(mapped != plain && mapped.unmapped == plain && plain.unmapped == plain)
        #expect(IPAddress.v6Loopback.unmapped == .v6Loopback)
    }

    @Test(arguments: [
        ("127.0.0.1", "loopback"), ("127.255.0.9", "loopback"), ("::1", "loopback"), ("::ffff:127.0.0.1", "loopback"),
        ("0.0.0.0", "unspecified"), ("::", "unspecified"), ("::ffff:0.0.0.0", "unspecified"),
        ("224.0.0.1", "multicast"), ("239.255.255.255", "multicast"), ("ff02::1", "multicast"),
        ("169.254.1.1", "link-local"), ("fe80::1", "link-local"), ("febf::1", "link-local"),
        ("126.0.0.1", "none"), ("128.0.0.1", "none"), ("223.255.255.255", "none"), ("240.0.0.1", "none"),
        ("fec0::1", "none"), ("::2", "none"), ("169.255.0.1", "none"),
    ])
    func `an address is of one special kind or none`(text: String, kind: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isLoopback == (kind == "loopback"))
        #expect(address.isUnspecified == (kind == "unspecified"))
        #expect(address.isMulticast == (kind == "multicast"))
        #expect(address.isLinkLocal == (kind == "link-local"))
    }

    @Test func `what is printed is read back as the same address`() {
        var generator = SeededGenerator(seed: 1)
        for round in 0..<20_000 {
            let address: IPAddress
            if round % 4 == 0 {
                address = IPAddress(v4Bits: .random(in: 0 ... .max, using: &generator))
            } else {
                // Random groups never hold runs of zeros; a random mask makes them.
                var bits: UInt128 = 0
                for _ in 0..<8 {
                    let group = UInt128(
                        UInt16.random(in: 0 ... .max, using: &generator) >> UInt16.random(in: 0..<16, using: &generator)
                    )
                    bits = bits << 16 | (Bool.random(using: &generator) ? group : 0)
                }
                if round % 4 == 1 { bits = bits & 0xffff_ffff | 0xffff_0000_0000 }
                address = IPAddress(v6Bits: bits, zone: round % 4 == 2 ? "eth\(round % 10)" : nil)
            }
            let read = IPAddress(address.description)
            if read != address { Issue.record("\(address) was read as \(String(describing: read))") }
        }
    }
}
