import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct HTTPClientTests {
    /// Redirects `/301` and the like to `/end`, and echoes what it is asked there.
    @Netpoller
    private static func redirecting() async throws -> ScriptedServer {
        try await ScriptedServer { peer in
            while let request = try await peer.request() {
                let path = request.split(separator: " ")[1]
                if let status = Int(path.dropFirst()) {
                    try await peer.send(
                        "HTTP/1.1 \(status) X\r\nLocation: end?\(status)\r\nContent-Length: 4\r\n\r\n")
                    if !request.hasPrefix("HEAD") { try await peer.send("move") }
                } else if path == "/loop" {
                    try await peer.send("HTTP/1.1 302 X\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n")
                } else if path == "/nowhere" {
                    try await peer.send("HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n")
                } else if path == "/mail" {
                    try await peer.send("HTTP/1.1 302 X\r\nLocation: mailto:x\r\nContent-Length: 0\r\n\r\n")
                } else {
                    try await peer.answer(request.hasPrefix("HEAD") ? "" : request)
                }
            }
        }
    }

    @Test(arguments: [301, 302, 303])
    func `a POST becomes a GET without content, HEAD stays`(status: Int) async throws {
        try await onLoop {
            let server = try await Self.redirecting()
            defer { server.close() }
            let client = HTTPClient()
            let post = try server.post(.bytes([1, 2]), "/\(status)", fields: ["Content-Type": "a/b", "X": "1"])
            let response = try await client.send(post)
            let echo = try await response.text()
            #expect(echo.hasPrefix("GET /end?\(status) HTTP/1.1\r\n") && echo.contains("X: 1\r\n"))
            #expect(!echo.contains("Content") && response.redirects == 1 && response.request.method == .get)
            #expect(echo.contains("Referer: \(try server.url("/\(status)"))\r\n"))
            let head = try await client.send(HTTPRequest(.head, server.url("/\(status)")))
            #expect(head.request.method == .head && server.connections == 1)
        }
    }

    @Test(arguments: [307, 308])
    func `a request is repeated as it was, if its content can be sent again`(status: Int) async throws {
        try await onLoop {
            let server = try await Self.redirecting()
            defer { server.close() }
            let client = HTTPClient()
            let echo = try await client.send(server.post(.bytes(Array("body".utf8)), "/\(status)")).text()
            #expect(echo.hasPrefix("POST /end?\(status) ") && echo.hasSuffix("\r\n\r\nbody"))
            let pair = try await loopback()
            try await pair.server.write("body")
            try pair.server.closeWrite()
            let response = try await client.send(server.post(.stream(pair.client, length: 4), "/\(status)"))
            #expect(Int(response.status.code) == status)
            #expect(try await response.text() == "move")
            pair.close()
        }
    }

    @Test func `redirects have a limit, may lead nowhere, and are answers where nobody follows`() async throws {
        try await onLoop {
            let server = try await Self.redirecting()
            defer { server.close() }
            let client = HTTPClient()
            let loop = try server.get("/loop")
            let error = try await failure { _ = try await client.send(loop) }
            #expect(error.description.contains("stopped after 10 redirects") && server.requests.count == 11)
            #expect(try await client.send(server.get("/nowhere")).status == 302)
            let mail = try server.get("/mail")
            let other = try await failure { _ = try await client.send(mail) }
            #expect(other.code == "message" && other.description.contains("mailto"))
            client.redirects = .none
            #expect(try await client.send(server.get("/301")).text() == "move")
        }
    }

    @Test func `secrets stay with the host and the port that they were meant for`() throws {
        func kept(_ from: String, _ to: String) throws -> Bool {
            var request = HTTPRequest(.get, try HTTPURL(from), fields: ["Authorization": "x", "Cookie": "y", "Z": "z"])
            var redirection = Redirection(request)
            let head = ResponseHead(302, fields: ["Location": to])
            request = try #require(try redirection.next(request, head))
            #expect(
                request.fields["z"] == "z"
                    && request.fields.contains("cookie") == request.fields.contains("authorization"))
            return request.fields.contains("cookie")
        }
        #expect(try kept("http://a.com/", "/x"))
        #expect(try kept("http://a.com/", "http://a.com:80/x"))
        #expect(try !kept("http://a.com/", "http://sub.a.com/x"))
        #expect(try kept("http://a.com/", "https://a.com/x"))
        #expect(try !kept("http://a.com/", "http://b.com/"))
        #expect(try !kept("http://a.com/", "http://evil-a.com/"))
        #expect(try !kept("http://sub.a.com/", "http://a.com/"))
        #expect(try !kept("http://a.com/", "http://a.com:8080/"))
        #expect(try !kept("https://a.com/", "http://a.com/"))
        #expect(try !kept("http://1.2.3.4/", "http://1.1.2.3.4/"))
    }

    @Test func `what was left out stays out on the way back, and an own Host goes no further than its server`() throws {
        let request = HTTPRequest(.get, try HTTPURL("http://a.com/"), fields: ["Cookie": "y", "Host": "virtual"])
        var redirection = Redirection(request)
        let there = try #require(try redirection.next(request, ResponseHead(302, fields: ["Location": "/x"])))
        #expect(there.fields["host"] == "virtual" && there.fields["cookie"] == "y")
        let away = try #require(try redirection.next(there, ResponseHead(302, fields: ["Location": "http://b.com/"])))
        let back = try #require(try redirection.next(away, ResponseHead(302, fields: ["Location": "http://a.com/"])))
        #expect(!back.fields.contains("cookie") && !away.fields.contains("host") && redirection.count == 3)
    }

    @Test func `a page that came over a safe way is not named over an open one`() throws {
        func referer(_ from: String, _ to: String, _ fields: Fields = [:]) throws -> String? {
            let request = HTTPRequest(.get, try HTTPURL(from), fields: fields)
            var redirection = Redirection(request)
            return try redirection.next(request, ResponseHead(302, fields: ["Location": to]))?.fields["referer"]
        }
        #expect(try referer("http://u:p@a.com/x#y", "http://b.com/") == "http://a.com/x")
        #expect(try referer("https://a.com/", "http://a.com/") == nil)
        #expect(try referer("http://a.com/", "/", ["Referer": "mine"]) == "mine")
    }

    @Test func `user and password of a URL are sent, and those of a redirect's URL too`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let url = try HTTPURL("http://user:pa%20ss@\(server.listener.endpoint)/")
            _ = try await HTTPClient().send(HTTPRequest(.get, url, deadline: .now + patience)).text()
            #expect(server.requests[0].contains("Authorization: Basic dXNlcjpwYSBzcw==\r\n"))
        }
    }
}
