import Testing

@testable import SockKit

/// Rules about peers, as they are written and as they are looked up.
@Suite struct AddressRuleTests {
    private func set(_ text: String) throws -> AddressSet { AddressSet(try AddressRule.list(text)) }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1 ::ffff:127.0.0.1", "127.0.0.2 ::1 128.0.0.1"),
        ("10.0.0.0/8", "10.0.0.0 10.255.255.255 ::ffff:10.1.2.3", "9.255.255.255 11.0.0.0 ::10.1.2.3"),
        ("10.1.2.3/8", "10.200.0.1", "11.0.0.1"), ("1.2.3.4/32", "1.2.3.4", "1.2.3.5"), ("0.0.0.0/0", "1.2.3.4", "::1"),
        ("10.0-3.*.1,5", "10.0.0.1 10.3.255.5 10.2.9.5", "10.4.0.1 10.0.0.2 11.0.0.1 10.0.0.15"),
        ("10.0.0.-5", "10.0.0.0 10.0.0.5", "10.0.0.6"), ("10.0.0.250-", "10.0.0.250 10.0.0.255", "10.0.0.249"),
        ("*.*.*.7", "1.2.3.7 255.0.0.7", "1.2.3.8"), ("10.-.0.1", "10.77.0.1", "10.77.1.1"),
        ("::1", "::1", "::2 127.0.0.1"), ("fd00::/8", "fd12::1 fdff:ffff::", "fe00::1 fc00::1"),
        ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"),
        ("::/0", "::1 fe80::1%eth0", "1.2.3.4 ::ffff:1.2.3.4"),
        ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.1 ::1"), ("::ffff:0:0/96", "1.2.3.4", "::1"),
        ("fe80::1%eth0", "fe80::1%eth0", "fe80::1%eth1 fe80::1 fe80::2%eth0"),
        ("fe80::%eth0/64", "fe80::77%eth0", "fe80::77%eth1"), ("fe80::/10", "fe80::1%eth0 fe80::1", "fec0::1"),
        ("1.1.1.1 2.2.2.0/24\t3.3.3.3", "1.1.1.1 2.2.2.9 3.3.3.3", "1.1.1.2"),
        ("1.1.1.1,2.2.2.2", "1.1.1.1 2.2.2.2", "1.1.1.2"), ("1.2.3.4,::1", "1.2.3.4 ::1", "::2"),
    ])
    func `a rule names these peers and not those`(text: String, named: String, others: String) throws {
        let rules = try set(text)
        for word in named.split(separator: " ") {
            #expect(rules.contains(try #require(IPAddress(String(word)))), "\(word)")
        }
        for word in others.split(separator: " ") {
            #expect(!rules.contains(try #require(IPAddress(String(word)))), "\(word)")
        }
    }

    @Test(arguments: [
        ("10.0.0", "'10.0.0': an IPv4 address has four octets, as in 10.0-3.*.1,5"),
        ("10.0.0.256", "'10.0.0.256': '256' is not an octet, a range of octets or '*'"),
        ("10.0.0.5-2", "'10.0.0.5-2': '5-2' is not an octet, a range of octets or '*'"),
        ("10.0.0.1,", "'10.0.0.1,': '' is not an octet, a range of octets or '*'"),
        ("10.0.0.1/33", "'10.0.0.1/33': an address of this kind has 32 bits"),
        ("10.0.0.1/", "'10.0.0.1/': '/' is not a prefix length"),
        ("10.0.0.1/x", "'10.0.0.1/x': '/x' is not a prefix length"),
        ("10.*.0.1/8", "'10.*.0.1/8': a prefix length needs a whole address before it, as in 10.0.0.0/8"),
        ("::1/129", "'::1/129': an address of this kind has 128 bits"),
        (":::", "':::' is not an IPv6 address or network"),
        ("fe80::/10%eth0", "'fe80::/10%eth0': '/10%eth0' is not a prefix length"),
        ("uid:x", "'uid:x': 'x' is not a number of a user or group"),
        ("gid:", "'gid:': '' is not a number of a user or group"),
        ("uid:4294967296", "'uid:4294967296': '4294967296' is not a number of a user or group"),
        ("a b!c", "'b!c' is not an address, a network or a name"),
        ("/8", "'/8' is not an address, a network or a name"),
    ])
    func `what is no rule says what is wrong with it`(text: String, message: String) {
        #expect(throws: AddressError(message)) { try AddressRule.list(text) }
    }

    @Test func `names wait for their addresses, users and groups are numbers`() throws {
        #expect(try AddressRule("example.org") == .name("example.org", bits: nil))
        #expect(try AddressRule("example.org/24") == .name("example.org", bits: 24))
        let rules = try set("uid:1000 gid:7")
        #expect(rules.contains(user: 1000, group: 1) && rules.contains(user: 1, group: 7))
        #expect(!rules.contains(user: 7, group: 1000))
    }

    @Test(arguments: 0..<20) func `many rules together name who one of them names`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        func octet() -> Int { Int.random(in: 0...3, using: &random) }
        func pattern() -> String {
            switch octet() {
            case 0: "*"
            case 1: "\(octet())-3"
            case 2: "\(octet()),\(octet())"
            default: "\(octet())"
            }
        }
        let words = (0..<30).map { _ in
            Bool.random(using: &random)
                ? "\(octet()).\(octet()).\(octet()).\(octet())/\(Int.random(in: 20...32, using: &random))"
                : (0..<4).map { _ in pattern() }.joined(separator: ".")
        }
        let alone = try words.map { try set($0) }
        let together = try set(words.joined(separator: " "))
        for number in 0..<256 {
            let address = IPAddress(
                v4: UInt8(number >> 6), UInt8(number >> 4 & 3), UInt8(number >> 2 & 3), UInt8(number & 3))
            #expect(together.contains(address) == alone.contains { $0.contains(address) })
        }
    }

    @Test func `a hundred thousand rules are not walked through`() throws {
        let networks = (0..<100_000).map {
            "\(1 + $0 >> 14).\($0 >> 8 & 63).\($0 & 255).0/25 fd00::\($0 >> 8):\($0 & 255)"
        }
        let rules = AddressSet(try networks.flatMap { try AddressRule.list($0) })
        #expect(rules.count == 200_000)
        for text in ["3.7.9.1", "3.7.9.200", "99.0.0.1", "fd00::17:3", "fe00::1"] {
            var looks = 0
            _ = rules.contains(try #require(IPAddress(text)), looks: &looks)
            #expect(looks <= 18, "\(text)")
        }
        let patterns = AddressSet(try (0..<1000).flatMap { try AddressRule.list("\($0 % 200).*.\($0 % 256).1,5") })
        var looks = 0
        #expect(!patterns.contains(IPAddress(v4: 250, 1, 2, 3), looks: &looks))
        // 64 patterns at a look.
        #expect(looks == 16)
    }
}
