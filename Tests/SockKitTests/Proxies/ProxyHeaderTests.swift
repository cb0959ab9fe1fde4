import Testing

@testable import SockKit

/// What a reader makes of bytes: the header, and how many belonged to it.
private func read(_ bytes: [UInt8], by step: Int = .max, limit: Int = ProxyHeaderReader.usualLimit) throws(MessageError)
    -> (header: ProxyHeader?, count: Int)
{
    var reader = ProxyHeaderReader(limit: limit)
    var start = 0
    while reader.header == nil, start < bytes.count {
        let end = step == .max ? bytes.count : min(bytes.count, start + step)
        start += try reader.push(bytes.span.extracting(start..<end))
    }
    return (reader.header, start)
}

private func fault(_ bytes: [UInt8], limit: Int = ProxyHeaderReader.usualLimit) -> String {
    do throws(MessageError) {
        _ = try read(bytes, limit: limit)
        return "none"
    } catch {
        return error.description
    }
}

private func ends(_ source: String, _ destination: String, _ transport: ProxyHeader.Traffic = .stream)
    -> ProxyHeader.Ends
{
    ProxyHeader.Ends(Endpoint(source)!, to: Endpoint(destination)!, transport)
}

/// Version 2's first sixteen bytes, with what follows them.
private func block(_ command: UInt8, _ family: UInt8, _ rest: [UInt8], claiming length: Int? = nil) -> [UInt8] {
    var bytes = ProxyHeader.signature + [command, family]
    bytes.append(bigEndian: UInt16(length ?? rest.count))
    return bytes + rest
}

private let v4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 2, 0x30, 0x39, 0x01, 0xbb]

@Suite struct ProxyHeaderTests {
    // MARK: - Version 1

    private static let lines: [(String, ProxyHeader.Ends)] = [
        ("PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\r\n", ends("192.0.2.1:12345", "198.51.100.2:443")),
        ("PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\r\n", ends("255.255.255.255:65535", "0.0.0.0:0")),
        ("PROXY TCP6 2001:db8::1 ::1 12345 443\r\n", ends("[2001:db8::1]:12345", "[::1]:443")),
    ]

    @Test(arguments: lines)
    func `a line names both ends`(line: String, ends: ProxyHeader.Ends) throws {
        let bytes = Array(line.utf8)
        #expect(try read(bytes).header == ProxyHeader(.one, ends))
        #expect(ProxyHeader(.one, ends).bytes == bytes)
    }

    @Test func `the longest line that the protocol knows is read, and no longer one`() throws {
        let address = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        let line = "PROXY UNKNOWN \(address) \(address) 65535 65535\r\n"
        #expect(line.utf8.count == 107)
        #expect(try read(Array(line.utf8)).header == ProxyHeader(.one, nil))
        #expect(
            fault(Array("PROXY UNKNOWN \(address) \(address) 65535 655350\r\n".utf8))
                == "PROXY header: its line has no end within 107 bytes")
    }

    @Test(arguments: ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN what ever\r\n", "PROXY UNKNOWN \r\n"])
    func `what stands behind UNKNOWN is not looked at`(line: String) throws {
        #expect(try read(Array(line.utf8)).header == ProxyHeader(.one, nil))
        #expect(ProxyHeader(.one, nil).bytes == Array("PROXY UNKNOWN\r\n".utf8))
    }

    @Test(arguments: [
        ("PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\n", "newline alone"),
        ("PROXY TCP4 192.0.2.1 198.51.100.2 12345 443\rx", "no newline behind it"),
        ("PROXY TCP4 192.0.2.1 198.51.100.2 012345 443\r\n", "'012345' is no port"),
        ("PROXY TCP4 192.0.2.1 198.51.100.2 00 443\r\n", "'00' is no port"),
        ("PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n", "'65536' is no port"),
        ("PROXY TCP4 192.0.2.1 198.51.100.2 +1 443\r\n", "'+1' is no port"),
        ("PROXY TCP4 192.0.2.1 198.51.100.2 12345 \r\n", "'' is no port"),
        ("PROXY TCP4 192.0.2.01 198.51.100.2 12345 443\r\n", "'192.0.2.01' is no IPv4 address"),
        ("PROXY TCP4 ::1 ::1 12345 443\r\n", "'::1' is no IPv4 address"),
        ("PROXY TCP6 192.0.2.1 ::1 12345 443\r\n", "'192.0.2.1' is no IPv6 address"),
        ("PROXY TCP6 fe80::1%eth0 ::1 12345 443\r\n", "is no IPv6 address"),
        ("PROXY TCP4  192.0.2.1 198.51.100.2 12345 443\r\n", "has 7 words"),
        ("PROXY TCP4 192.0.2.1 198.51.100.2 12345\r\n", "has 5 words"),
        ("PROXY UDP4 192.0.2.1 198.51.100.2 12345 443\r\n", "'UDP4' is neither"),
        ("PROXY UNKNOWNS\r\n", "'UNKNOWNS' is neither"), ("PROXY \r\n", "'' is neither"),
        ("PROXY \u{7}\r\n", #"'\x07' is neither"#),
    ])
    func `a line that is not as it is to be is refused in words`(line: String, words: String) {
        let text = fault(Array(line.utf8))
        #expect(text.hasPrefix("malformed PROXY header: ") && text.contains(words), "\(text)")
    }

    // MARK: - What is no header

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n", "47 45 54 20 2f 20 48 54 54 50 2f 31"), ("PROXY\tTCP4", "50 52 4f 58 59 09"),
        ("POST /", "50 4f 53 54"), ("\r\n\r\nGET", "0d 0a 0d 0a 47"), ("\0", "00"),
    ])
    func `anything else is never taken for payload`(text: String, shown: String) {
        for step in [1, 3, Int.max] {
            do {
                _ = try read(Array(text.utf8), by: step)
                Issue.record("it was taken")
            } catch {
                #expect(error.description.contains("the connection begins with \(shown.prefix(2))"))
            }
        }
        #expect(fault(Array(text.utf8)).contains("begins with \(shown)"))
    }

    // MARK: - Version 2

    private static let headers: [ProxyHeader] = [
        ProxyHeader(.two, ends("192.0.2.1:12345", "198.51.100.2:443")),
        ProxyHeader(.two, ends("192.0.2.1:12345", "198.51.100.2:53", .datagram)),
        ProxyHeader(.two, ends("[2001:db8::1]:1", "[::1]:65535")),
        ProxyHeader(
            .two, ends("[2001:db8::1]:1", "[::1]:65535"), fields: [.init(2, Array("example.org".utf8)), .init(4, [])]),
        ProxyHeader(.two, .init(.unix(.path("/run/a")), to: .unix(.path("/run/b")))),
        ProxyHeader(.two, .init(.unix(.unnamed), to: .unix(.abstract("name")))),
        ProxyHeader(
            .two, .init(.unix(.path(ByteString(bytes: [47] + [UInt8](repeating: 97, count: 107)))), to: .unix(.unnamed))
        ),
        ProxyHeader(.two, nil), ProxyHeader(.two, nil, fields: [.init(0xe0, [1, 2, 3])]), .local(.two),
        ProxyHeader(.one, ends("192.0.2.1:12345", "198.51.100.2:443")), .local(.one),
    ]

    @Test(arguments: headers) func `what is written is read, however it is cut and whatever follows it`(
        header: ProxyHeader
    ) throws {
        let bytes = header.bytes
        for step in [1, 2, 5, 13, 16, 17, Int.max] {
            let result = try read(bytes + Array("PROXY what follows".utf8), by: step)
            #expect(result.header == header)
            #expect(result.count == bytes.count)
        }
        for end in 0..<bytes.count {
            var reader = ProxyHeaderReader()
            #expect(try reader.push(bytes.span.extracting(first: end)) == end)
            #expect(reader.header == nil)
            #expect(reader.fault?.kind == (end == 0 ? nil : .truncated))
        }
    }

    @Test func `the bytes are those of the specification`() {
        let header = ProxyHeader(.two, ends("192.0.2.1:12345", "198.51.100.2:443"))
        #expect(header.bytes.prefix(30).elementsEqual(block(0x21, 0x11, v4, claiming: 19).prefix(28) + [3, 0]))
        #expect(ProxyHeader.local(.two).bytes.prefix(16).elementsEqual(block(0x20, 0, [], claiming: 7)))
    }

    @Test func `a changed byte anywhere is noticed`() throws {
        let header = ProxyHeader(.two, ends("192.0.2.1:12345", "198.51.100.2:443"), fields: [.init(2, [1, 2, 3])])
        for place in 16..<header.bytes.count - 7 {
            var bytes = header.bytes
            bytes[place] ^= 0x10
            #expect(throws: MessageError.self, "byte \(place)") { try read(bytes) }
        }
    }

    @Test func `a header without a checksum is taken, as most senders write it`() throws {
        #expect(
            try read(block(0x21, 0x11, v4)).header == ProxyHeader(.two, ends("192.0.2.1:12345", "198.51.100.2:443")))
    }

    @Test func `of a sender's own connection nothing more is looked at`() throws {
        for (family, rest) in [(UInt8(0x11), v4), (0xff, [1, 2, 3]), (0, [9]), (0x21, [])] {
            #expect(try read(block(0x20, family, rest)).header == .local(.two))
        }
        #expect(try read(block(0x21, 0, [9])).header == ProxyHeader(.two, nil))
    }

    private static let brokenBlocks: [([UInt8], String)] = [
        (block(0x31, 0x11, v4), "it is of version 3"), (block(0x01, 0x11, v4), "it is of version 0"),
        (block(0x22, 0x11, v4), "command 2 is neither"), (block(0x21, 0x41, v4), "family 4 with transport 1"),
        (block(0x21, 0x10, v4), "family 1 with transport 0"), (block(0x21, 0x01, v4), "family 0 with transport 1"),
        (block(0x21, 0x13, v4), "family 1 with transport 3"),
        (block(0x21, 0x11, Array(v4.dropLast())), "11 bytes follow"),
        (block(0x21, 0x21, v4), "12 bytes follow, and its two addresses alone have 36"),
        (block(0x21, 0x11, v4 + [2, 0]), "field 1 is cut off"),
        (block(0x21, 0x11, v4 + [2, 0, 2, 0]), "field 1 has a length of 2, and 1 bytes are left"),
        (block(0x21, 0x11, v4 + [3, 0, 4, 0, 0, 0, 0]), "its checksum does not fit"),
        (block(0x21, 0x11, v4 + [3, 0, 2, 0, 0]), "its checksum has 2 bytes"),
    ]

    @Test(arguments: brokenBlocks)
    func `a block that is not as it is to be is refused in words`(bytes: [UInt8], words: String) {
        let text = fault(bytes)
        #expect(text.hasPrefix("malformed PROXY header: ") && text.contains(words), "\(text)")
    }

    @Test func `a length beyond the limit is refused before anything of it has come`() {
        #expect(fault(block(0x21, 0x11, [], claiming: 65535)).contains("65551 bytes, beyond the limit of 16384"))
        #expect(fault(block(0x21, 0x11, v4 + [4, 0, 1, 0]), limit: 31).contains("beyond the limit of 31"))
    }

    @Test func `random bytes behind a right beginning are a header or an error`() {
        var generator = SeededGenerator(seed: 11)
        for round in 0..<10_000 {
            var bytes =
                round % 2 == 0
                ? Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n".utf8) : block(0x21, 0x11, v4 + [2, 0, 1, 7])
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            do { _ = try read(bytes, by: Int.random(in: 1...9, using: &generator)) } catch {
                #expect(error.subject == "PROXY header" || error.kind == .truncated)
            }
        }
    }

    // MARK: - What has no form of its own

    @Test func `ends of two families are written in one, and what version 1 does not know is unknown`() {
        let mixed = ends("192.0.2.1:12345", "[::1]:443")
        #expect(ProxyHeader(.one, mixed).bytes == Array("PROXY TCP6 ::ffff:192.0.2.1 ::1 12345 443\r\n".utf8))
        #expect(ProxyHeader(.two, mixed).bytes[13] == 0x21)
        let unix = ProxyHeader.Ends(.unix(.path("/a")), to: Endpoint("127.0.0.1:1")!)
        #expect(ProxyHeader(.one, unix).bytes == Array("PROXY UNKNOWN\r\n".utf8))
        #expect(ProxyHeader(.two, unix).bytes[13] == 0)
        let datagrams = ends("192.0.2.1:12345", "192.0.2.2:443", .datagram)
        #expect(ProxyHeader(.one, datagrams).bytes == Array("PROXY UNKNOWN\r\n".utf8))
    }
}
