import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct TransportAnswerTests {
    /// What one answer, after which the server closes, comes to.
    @Netpoller
    private static func answer(_ text: String, method: HTTPMethod = .get) async throws -> (HTTPResponse, String) {
        let server = try await ScriptedServer { peer in
            _ = try await peer.request()
            try await peer.send(text)
        }
        defer { server.close() }
        let request = HTTPRequest(method, try server.url(), deadline: .now + patience)
        let response = try await Transport().roundTrip(request)
        return (response, try await response.text())
    }

    @Test(
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
            ("HTTP/1.1 200 OK\r\n\r\nup to the end", "up to the end"),
            ("HTTP/1.0 200 OK\r\n\r\nold", "old"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", "hello"),
            ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", ""),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", ""),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
                "x"
            ),
        ])
    func `the content ends where the head says`(answer: String, content: String) async throws {
        try await onLoop {
            let (_, text) = try await Self.answer(answer)
            #expect(text == content)
        }
    }

    @Test func `an answer to HEAD has no content, whatever its length says`() async throws {
        try await onLoop {
            let (response, text) = try await Self.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method: .head)
            #expect(text.isEmpty && response.head.fields["content-length"] == "5" && response.fate == .kept)
        }
    }

    @Test func `trailers stand behind the content`() async throws {
        try await onLoop {
            let (response, text) = try await Self.answer(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nDigest: y\r\n\r\n")
            #expect(text == "x" && response.trailers["digest"] == "y")
        }
    }

    @Test(
        arguments: [
            ("", "closed"), ("HTTP/1.1 200 OK\r\nContent-", "truncated"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", "truncated"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "truncated"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", "truncated"),
            ("SSH-2.0-OpenSSH_9.2p1\r\n", "message"), ("HTTP/2.0 200 OK\r\n\r\n", "message"),
            ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "message"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "message"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "message"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "message"),
        ])
    func `a liar is found out, and it is said how`(answer: String, code: String) async throws {
        try await onLoop {
            let error = try await failure { _ = try await Self.answer(answer) }
            #expect(error.code == code && error.operation == .read, "\(error)")
        }
    }

    @Test func `an answer that breaks off still gives what came`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")
            }
            defer { server.close() }
            let response = try await Transport().roundTrip(server.get())
            let chunk = try await response.readBody()
            #expect(chunk.copy() == Array("hel".utf8))
            chunk.giveBack()
            let error = try await failure { _ = try await response.readBody() }
            #expect(error.code == "truncated" && error.bytesTransferred == 3)
            let again = try await failure { _ = try await response.readBody() }
            #expect(again == error)
        }
    }

    @Test(
        arguments: [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny",
                ConnectionFate.Reason.unasked
            ),
            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", .saidClose),
            ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", .saidClose),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                .doubtfulFraming
            ),
            ("HTTP/1.1 200 OK\r\n\r\nx", .endedContent),
        ])
    func `a connection that is in doubt is not used again`(answer: String, reason: ConnectionFate.Reason) async throws {
        try await onLoop {
            let (response, text) = try await Self.answer(answer)
            #expect(text == "x" && response.fate == .closed(reason))
        }
    }

    @Test func `a second answer that comes while the connection is idle is nobody's`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.answer("one")
                guard peer.number == 1 else { return try await peer.beSilent() }
                await letOthersRun()
                try await peer.answer("forged")
                try await peer.beSilent()
            }
            defer { server.close() }
            let transport = Transport()
            #expect(try await transport.text(server.get()) == "one")
            let idle = try #require(transport.hosts.values.first?.idle.first)
            try await waitUntil("it has come") { !idle.watch(Parking()) }
            #expect(try await transport.text(server.get()) == "one")
            #expect(server.connections == 2)
        }
    }

    @Test func `interim answers without end are refused at the limit of the head`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                while true { try await peer.send("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n") }
            }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.maxResponseHeaderBytes = 4096 })
            let get = try server.get()
            let error = try await failure { _ = try await transport.roundTrip(get) }
            #expect(error.code == "limit")
        }
    }

    @Test func `a head beyond the limit is refused`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.send("HTTP/1.1 200 OK\r\n")
                while true { try await peer.send("X: \(String(repeating: "x", count: 500))\r\n") }
            }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.maxResponseHeaderBytes = 4096 })
            let get = try server.get()
            let error = try await failure { _ = try await transport.roundTrip(get) }
            #expect(error.code == "limit")
        }
    }

    @Test func `101 is final, and the connection is a stream of the other protocol`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.send(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nhi ")
                try await peer.connection.write(await peer.take(3))
            }
            defer { server.close() }
            let transport = Transport()
            var get = try server.get()
            get.fields = ["Connection": "upgrade", "Upgrade": "echo"]
            let response = try await transport.roundTrip(get)
            #expect(response.status == 101)
            let request = get
            let error = try await failure { _ = try await response.readBody() }
            #expect(error.code == "usage" && request.method == .get)
            let stream = try #require(response.takeUpgraded())
            #expect(response.takeUpgraded() == nil && response.fate == .upgraded)
            try await stream.write(Array("you".utf8))
            var text = ""
            while text.utf8.count < 6 { text += String(decoding: try await stream.readChunk().copy(), as: UTF8.self) }
            #expect(text == "hi you")
            stream.close()
        }
    }

    @Test func `an answer in single bytes is the same answer`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                let text =
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                for byte in text.utf8 {
                    try await peer.connection.write([byte])
                    await letOthersRun()
                }
                try await peer.answerAll()
            }
            defer { server.close() }
            let transport = Transport()
            let response = try await transport.roundTrip(server.get())
            #expect(try await response.text() == "abcde")
            #expect(response.fate == .kept)
        }
    }

    @Test func `content that nobody wants is read for the connection's sake if it is short, and not if it is long`()
        async throws
    {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                while let request = try await peer.request() {
                    let count = request.contains("/short") ? 100_000 : 1_000_000
                    try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
                    try await peer.connection.write([UInt8](repeating: 120, count: count))
                }
            }
            defer { server.close() }
            let transport = Transport()
            // It has 50 ms for that, which may be short on a busy machine; it will not be every time.
            while transport.idleCount == 0 {
                try await transport.roundTrip(server.get("/short")).close()
                try await waitUntil("it is kept or closed") { transport.idleCount == 1 || server.open == 0 }
            }
            let second = try await transport.roundTrip(server.get("/long"))
            #expect(second.isReused)
            second.close()
            try await waitUntil("it is closed") { server.open == 0 }
            let error = try await failure { _ = try await second.readBody() }
            #expect(error.isClosed)
        }
    }

    @Test func `an answer that is let go is closed, and one that comes too slowly too`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
                try await peer.beSilent()
            }
            defer { server.close() }
            let transport = Transport()
            _ = try await transport.roundTrip(server.get())
            try await waitUntil("it is closed") { server.open == 0 }
            #expect(transport.idleCount == 0 && transport.hosts.values.allSatisfy { $0.count == 0 })
        }
    }

    @Test func `more content than was bargained for is an error`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll("too much") }
            defer { server.close() }
            let response = try await Transport().roundTrip(server.get())
            let error = try await failure { _ = try await response.readAll(limit: 7) }
            #expect(error.code == "limit")
        }
    }
}
