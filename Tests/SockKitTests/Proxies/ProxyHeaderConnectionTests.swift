import SockKit
import Testing

@Suite struct ProxyHeaderConnectionTests {
    private static let headers: [ProxyHeader] = [.one, .two].map { version in
        ProxyHeader(version, .init(Endpoint("192.0.2.1:12345")!, to: Endpoint("198.51.100.2:443")!))
    }

    @Test(arguments: headers) func `exactly the header is taken, however it comes`(header: ProxyHeader) async throws {
        try await onLoop {
            let bytes = header.bytes + Array("PROXY payload".utf8)
            for split in [0, 1, 5, 6, 12, 15, 16, header.bytes.count - 1, header.bytes.count, bytes.count] {
                let pair = try await loopback()
                defer { pair.close() }
                let sending = Netpoller.spawn {
                    try await pair.client.write(Array(bytes[..<split]))
                    if split > 0 { try await waitUntil("it is taken") { pair.server.isTaken(split, of: header) } }
                    try await pair.client.write(Array(bytes[split...]))
                }
                #expect(try await ProxyHeader.read(from: pair.server, until: .now + patience) == header)
                try await sending.value
                #expect(try await pair.server.readAll(13) == Array("PROXY payload".utf8))
                #expect(pair.server.readDeadline != nil)
            }
        }
    }

    @Test func `what is no header stays where it is`() async throws {
        try await onLoop {
            let pair = try await loopback()
            defer { pair.close() }
            try await pair.client.write("GET / HTTP/1.1\r\n")
            let error = try await failure { _ = try await ProxyHeader.read(from: pair.server, until: .now + patience) }
            #expect(error.code == "message")
            #expect(try await pair.server.readText() == "GET / HTTP/1.1\r\n")
        }
    }

    @Test(arguments: ["", "PROXY TC"]) func `a header that does not come in time is said to be late`(
        begun: String
    ) async throws {
        try await onLoop {
            let pair = try await loopback()
            defer { pair.close() }
            try await pair.client.write(begun)
            let start = Deadline.now
            let error = try await failure {
                _ = try await ProxyHeader.read(from: pair.server, until: start + .milliseconds(100))
            }
            #expect(Deadline.now - start >= .milliseconds(100))
            #expect(error.isTimeout)
            #expect(error.description.contains(begun.isEmpty ? "no PROXY header came" : "did not come whole"))
        }
    }

    @Test(arguments: [
        ("", "closed", "before it sent a PROXY header"), ("PROXY TC", "truncated", "cut off after 8 bytes"),
    ])
    func `an end before the header's is an error`(begun: String, code: String, words: String) async throws {
        try await onLoop {
            let pair = try await loopback()
            defer { pair.close() }
            try await pair.client.write(begun)
            pair.client.close()
            let error = try await failure { _ = try await ProxyHeader.read(from: pair.server, until: .now + patience) }
            #expect(error.code == code)
            #expect(error.description.contains(words))
        }
    }

    @Test func `peeking takes nothing`() async throws {
        try await onLoop {
            let pair = try await loopback()
            defer { pair.close() }
            try await pair.client.write("hello")
            var room = [UInt8](repeating: 0, count: 3)
            for _ in 0..<2 {
                var span = room.mutableSpan
                #expect(try await pair.server.peek(into: &span) == 3)
            }
            #expect(room == Array("hel".utf8))
            #expect(try await pair.server.readText() == "hello")
            pair.client.close()
            var span = room.mutableSpan
            #expect(try await pair.server.peek(into: &span) == 0)
        }
    }
}

extension Connection {
    /// Whether so many bytes were read, as far as they belong to the header.
    fileprivate func isTaken(_ count: Int, of header: ProxyHeader) -> Bool {
        let left = (try? queued(.received)) ?? -1
        return left == max(0, count - header.bytes.count)
    }
}
