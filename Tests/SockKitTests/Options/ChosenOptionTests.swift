import SockKit
import Testing

@testable import sockctl

@Suite struct ChosenOptionTests {
    private func parse(_ text: String) throws(UsageError) -> ChosenOption {
        try ValueType<ChosenOption>.chosenOption.parse(text)
    }

    @Test(
        arguments: [
            ("SOL_SOCKET:SO_MARK:7", 1, 36, 7, "SOL_SOCKET:SO_MARK"), ("socket:mark:7", 1, 36, 7, "SOL_SOCKET:SO_MARK"),
            ("tcp:TCP_MAXSEG:1000", 6, 2, 1000, "IPPROTO_TCP:TCP_MAXSEG"),
            ("6:2:1000", 6, 2, 1000, "IPPROTO_TCP:TCP_MAXSEG"),
            ("SOL_IP:IP_TTL:-1", 0, 2, -1, "IPPROTO_IP:IP_TTL"),
            ("ipv6:67:0x10", 41, 67, 16, "IPPROTO_IPV6:IPV6_TCLASS"),
            ("1:36:0xffffffff", 1, 36, -1, "SOL_SOCKET:SO_MARK"), ("284:5:1", 284, 5, 1, "284:5"),
            ("0x1:0x24:7", 1, 36, 7, "SOL_SOCKET:SO_MARK"),
        ] as [(String, Int32, Int32, Int32, String)])
    func `levels and options are names or numbers`(
        text: String, level: Int32, number: Int32, value: Int32, name: String
    ) throws {
        #expect(
            try parse(text) == ChosenOption(level: level, number: number, value: .integer(value), name: name))
    }

    @Test func `a value that is no number is bytes or text`() throws {
        #expect(try parse("socket:linger:x0100000000000000").value == .bytes([1, 0, 0, 0, 0, 0, 0, 0]))
        #expect(try parse("tcp:congestion:reno").value == .text(Array("reno".utf8)))
        #expect(try parse("socket:bindtodevice:xen0").value == .text(Array("xen0".utf8)))
        #expect(try parse("socket:bindtodevice:x１２").value == .text(Array("x１２".utf8)))
        #expect(try parse("socket:bindtodevice:a:b").value == .text(Array("a:b".utf8)))
    }

    @Test(arguments: [
        ("7", "is not LEVEL:NAME:VALUE"), ("tcp:nodelay", "is not LEVEL:NAME:VALUE"),
        ("tcp::1", "is not LEVEL:NAME:VALUE"),
        ("sctp:1:1", "'sctp' in 'sctp:1:1' is no level"), ("tcp:MAXSEGG:1", "is no option that has a name here"),
        ("1:36:4294967296", "does not fit a C int"), ("1:36:x123", "odd number of hexadecimal digits"),
        ("1:36:0x", "lacks its hexadecimal digits"),
    ])
    func `what is wrong is named`(text: String, wanted: String) {
        let error = #expect(throws: UsageError.self) { try parse(text) }
        #expect(error?.message.contains(wanted) == true, "\(error?.message ?? "")")
    }

    @Test func `a name that is nearly right is corrected`() {
        let error = #expect(throws: UsageError.self) { try parse("tcp:TCP_MAXSEGG:1") }
        #expect(error?.hint == "did you mean 'TCP_MAXSEG'?")
    }
}
