import Testing

@testable import SockKit

@Suite struct PassedExchangeTests {
    private struct Passed {
        /// What the server got.
        var request = ""
        /// What the client got.
        var answer = ""
        var error: String?
    }

    /// Passes a request on. The server answers once it has read what `until` says, and ends.
    private func pass(
        _ request: String, _ answer: String, until end: String = "\r\n\r\n", reads: Bool = true
    ) async throws -> Passed {
        try await onLoop {
            let (near, far) = (try await loopback(), try await loopback())
            defer {
                near.close()
                far.close()
            }
            try await near.client.write(request)
            var parser = RequestParser(limits: MessageLimits(body: nil))
            try await HandshakeReader(connection: near.server, stream: near.server).readHead(&parser)
            let exchange = PassedExchange(near.server, far.client, parser)
            let task = Netpoller.spawn { () -> String? in
                do throws(NetworkError) {
                    try await exchange.run()
                    return nil
                } catch {
                    return error.description
                }
            }
            var passed = Passed()
            while !passed.request.contains(end) {
                let text = try await far.server.readText()
                if text.isEmpty { break }
                passed.request += text
            }
            try await far.server.write(answer)
            try? far.server.closeWrite()
            passed.error = await task.value
            try near.server.closeWrite()
            passed.answer = String(decoding: try await near.client.readAll(), as: UTF8.self)
            return passed
        }
    }

    @Test func `the request goes on in origin form, without what was for the proxy alone`() async throws {
        let passed = try await pass(
            """
            GET http://Example.org:81/a/b?c=d HTTP/1.1\r
            Host: other\r
            Proxy-Connection: keep-alive\r
            Proxy-Authorization: Basic eDp5\r
            Connection: keep-alive, X-Own\r
            X-Own: 1\r
            TE: trailers\r
            Upgrade: websocket\r
            Accept: */*\r
            \r\n
            """, "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(
            passed.request == """
                GET /a/b?c=d HTTP/1.1\r
                Accept: */*\r
                Host: Example.org:81\r
                Via: 1.1 sockctl\r
                Connection: close\r
                \r\n
                """)
        #expect(passed.error == nil)
    }

    @Test func `the answer comes without what was for the proxy alone, and ends the connection`() async throws {
        let passed = try await pass(
            "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n",
            "HTTP/1.1 200 Fine\r\nKeep-Alive: 5\r\nConnection: Keep-Alive, X\r\nX: 1\r\nContent-Length: 2\r\nY: 2\r\n\r\nhi+"
        )
        #expect(passed.request.hasPrefix("GET / HTTP/1.1\r\n"))
        #expect(
            passed.answer
                == "HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nY: 2\r\nVia: 1.1 sockctl\r\nConnection: close\r\n\r\nhi")
    }

    @Test func `a body by its length, or in chunks with trailers, is passed on as it is, and nothing behind it`()
        async throws
    {
        let sized = try await pass(
            "POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET ", "HTTP/1.1 204 x\r\n\r\n",
            until: "hello")
        #expect(
            sized.request.hasSuffix(
                "Content-Length: 5\r\nHost: a\r\nVia: 1.1 sockctl\r\nConnection: close\r\n\r\nhello"))
        let body = "3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"
        let chunked = try await pass(
            "POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)more",
            "HTTP/1.1 204 x\r\n\r\n",
            until: "T: 1\r\n\r\n")
        #expect(
            chunked.request.contains("Transfer-Encoding: chunked\r\n") && chunked.request.hasSuffix("\r\n\r\n\(body)"))
    }

    @Test func `an answer in chunks keeps them, but for a client of HTTP 1.0`() async throws {
        let answer = "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
        let kept = try await pass("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", answer)
        #expect(
            kept.answer.contains("Transfer-Encoding: chunked\r\n")
                && kept.answer.hasSuffix("2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"))
        let old = try await pass("GET http://a/ HTTP/1.0\r\n\r\n", answer)
        #expect(!old.answer.contains("chunked") && old.answer.hasSuffix("\r\n\r\nabcde"))
    }

    @Test func `answers before the final one pass, but for a client of HTTP 1.0`() async throws {
        let answer =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\n!"
        let new = try await pass("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", answer)
        #expect(
            new.answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200 x\r\n"))
        let old = try await pass("GET http://a/ HTTP/1.0\r\n\r\n", answer)
        #expect(old.answer.hasPrefix("HTTP/1.1 200 x\r\n") && old.answer.hasSuffix("!"))
    }

    @Test func `an answer to HEAD has no content, and one without a length lasts to the end`() async throws {
        let head = try await pass(
            "HEAD http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\n")
        #expect(head.error == nil && head.answer.contains("Content-Length: 9\r\n"))
        let open = try await pass("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.0 200 x\r\n\r\nall of it")
        #expect(
            open.error == nil && open.answer.hasSuffix("\r\n\r\nall of it") && open.answer.contains("Via: 1.0 sockctl"))
    }

    @Test func `a server that ends short, or speaks something else, is an error`() async throws {
        let request = "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try await pass(request, "").error?.contains("ended without an answer") == true)
        #expect(try await pass(request, "HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\nab").error != nil)
        #expect(try await pass(request, "SSH-2.0-OpenSSH\r\n").error?.contains("malformed HTTP answer") == true)
    }

    @Test func `a client that ends inside its request is an error`() async throws {
        let error = try await onLoop { () -> String? in
            let (near, far) = (try await loopback(), try await loopback())
            try await near.client.write("POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
            try near.client.closeWrite()
            var parser = RequestParser(limits: MessageLimits(body: nil))
            try await HandshakeReader(connection: near.server, stream: near.server).readHead(&parser)
            do throws(NetworkError) {
                try await PassedExchange(near.server, far.client, parser).run()
                return nil
            } catch {
                return error.code
            }
        }
        #expect(error == "truncated")
    }
}
