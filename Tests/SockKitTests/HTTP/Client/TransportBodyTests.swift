import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct TransportBodyTests {
    @Test func `the head is written as it is given, with Host first`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            var get = try server.get("/a b?c=d#e")
            get.fields = ["X-One": "1", "x-two": "zwei ü"]
            _ = try await Transport().text(get)
            #expect(
                server.requests == [
                    "GET /a%20b?c=d HTTP/1.1\r\nHost: \(server.listener.endpoint)\r\nX-One: 1\r\nx-two: zwei ü\r\n\r\n"
                ])
            get.fields = ["Host": "other"]
            get.version = .http10
            let response = try await Transport().roundTrip(get)
            try await response.drain()
            #expect(
                server.requests[1] == "GET /a%20b?c=d HTTP/1.0\r\nHost: other\r\n\r\n"
                    && response.fate == .closed(.saidClose))
        }
    }

    @Test(arguments: [HTTPMethod.post, .put, .patch, .get, .delete])
    func `without content only methods that have some say so`(method: HTTPMethod) async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            _ = try await Transport().text(HTTPRequest(method, server.url(), deadline: .now + patience))
            let says = server.requests[0].contains("Content-Length: 0\r\n")
            #expect(says == [.post, .put, .patch].contains(method))
        }
    }

    @Test(arguments: [3, 16 << 10, 100_000])
    func `bytes of any length arrive, in chunks if that is wished`(count: Int) async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport()
            let bytes = HTTPBody.bytes([UInt8](repeating: 120, count: count))
            _ = try await transport.text(server.post(bytes))
            #expect(
                server.requests[0].hasSuffix("Content-Length: \(count)\r\n\r\n" + String(repeating: "x", count: count)))
            let response = try await transport.roundTrip(server.post(bytes, fields: ["Transfer-Encoding": "chunked"]))
            try await response.drain()
            #expect(
                server.requests[1].hasSuffix("\r\n0\r\n\r\n") && server.requests[1].filter { $0 == "x" }.count == count)
            #expect(response.isReused && response.fate == .kept)
        }
    }

    @Test func `a stream goes out in chunks, or with its length, which it must have`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport()
            for (length, ending) in [(nil, "4\r\nabcd\r\n0\r\n\r\n"), (4, "Content-Length: 4\r\n\r\nabcd")]
                as [(Int?, String)]
            {
                let pair = try await loopback()
                try await pair.server.write("abcd")
                try pair.server.closeWrite()
                _ = try await transport.text(server.post(.stream(pair.client, length: length)))
                #expect(server.requests.last?.hasSuffix(ending) == true)
                pair.close()
            }
            let pair = try await loopback()
            try await pair.server.write("ab")
            try pair.server.closeWrite()
            let post = try server.post(.stream(pair.client, length: 4))
            let error = try await failure { _ = try await transport.roundTrip(post) }
            #expect(error.description.hasSuffix("the content was to have 4 bytes and has 2"))
            pair.close()
        }
    }

    @Test func `a file, or a part of it, is sent, and sent again`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        try writeFile(path, Array(String(repeating: "0123456789", count: 30_000).utf8))
        try await onLoop {
            let server = try await ScriptedServer { peer in
                while try await peer.request() != nil { try await peer.answer() }
            }
            defer { server.close() }
            let transport = Transport()
            _ = try await transport.text(server.post(.file(path)))
            #expect(
                server.requests[0].hasSuffix(
                    "Content-Length: 300000\r\n\r\n" + String(repeating: "0123456789", count: 30_000)))
            let part = try HTTPBody.file(path, range: 299_990..<400_000)
            #expect(part.length == 10 && part.isRewindable)
            _ = try await transport.text(server.post(part, fields: ["Transfer-Encoding": "chunked"]))
            #expect(server.requests[1].hasSuffix("a\r\n0123456789\r\n0\r\n\r\n"))
            let missing = try await failure { _ = try HTTPBody.file(path + "x") }
            #expect(missing.errno == .noSuchFile && missing.description.contains(path + "x"))
        }
    }

    @Test(arguments: [false, true])
    func `whoever looks is told of the content as it goes`(inChunks: Bool) async throws {
        // The scripted server looks at each byte of chunks, on the loop that all tests share: they are to be few.
        let (directory, size) = (try TemporaryDirectory(), inChunks ? 300_000 : 9 << 20)
        let path = directory.path + "/file"
        try writeFile(path, Array(repeating: 120, count: size))
        try await onLoop {
            let server = try await ScriptedServer { peer in
                while try await peer.request() != nil { try await peer.answer() }
            }
            defer { server.close() }
            var pieces: [Int] = []
            let request = try server.post(.file(path), fields: inChunks ? ["Transfer-Encoding": "chunked"] : [:])
            let answer = try await Transport().roundTrip(request) { event in
                if case .sending(let count) = event { pieces.append(count) }
            }
            try await answer.drain()
            #expect(pieces.count > 2 && pieces.reduce(0, +) == size)
        }
    }

    @Test func `an answer that comes before the content was read is read`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.head()
                try await peer.send(
                    "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nno!")
                // With the content unread this is a reset.
                peer.close()
            }
            defer { server.close() }
            for _ in 0..<20 {
                let response = try await Transport().roundTrip(
                    server.post(.bytes([UInt8](repeating: 0, count: 8 << 20))))
                #expect(response.status == 413)
                #expect(try await response.text() == "no!")
                #expect(response.fate == .closed(.saidClose))
            }
        }
    }

    @Test func `while a server answers what it has read, the rest is still sent`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.head()
                try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n")
                for _ in 0..<40 { try await peer.connection.write(await peer.take(100_000)) }
                try await peer.answerAll()
            }
            defer { server.close() }
            let response = try await Transport().roundTrip(server.post(.bytes([UInt8](repeating: 7, count: 4_000_000))))
            #expect(try await response.readAll() == [UInt8](repeating: 7, count: 4_000_000))
            #expect(response.fate == .kept)
        }
    }

    @Test func `content waits for permission, and is not sent where it is refused`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                guard let head = try await peer.head() else { return }
                if head.contains("/refuse") {
                    try await peer.send(
                        "HTTP/1.1 417 Expectation Failed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                    #expect(try await peer.take(1).isEmpty)
                } else {
                    try await peer.send("HTTP/1.1 100 Continue\r\n\r\n")
                    #expect(try await peer.take(4) == Array("data".utf8))
                    try await peer.answer()
                }
            }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.expectContinueTimeout = patience })
            var events: [String] = []
            let fields: Fields = ["Expect": "100-continue"]
            let granted = try await transport.roundTrip(server.post(.bytes(Array("data".utf8)), fields: fields)) {
                event in
                switch event {
                case .awaitsContinue: events.append("awaits")
                case .interim(let head): events.append("\(head.status)")
                case .wroteContent(let count): events.append("wrote \(count)")
                case .head: events.append("head")
                default: break
                }
            }
            #expect(try await granted.text() == "ok")
            #expect(events == ["awaits", "100", "wrote 4", "head"])
            let refused = try await transport.roundTrip(
                server.post(.bytes(Array("data".utf8)), "/refuse", fields: fields))
            try await refused.drain()
            #expect(refused.status == 417 && refused.fate == .closed(.saidClose))
        }
    }

    @Test func `a refusal that keeps the connection gets short content all the same`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                while let head = try await peer.head() {
                    if head.contains("Expect") {
                        try await peer.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
                        #expect(try await peer.take(4) == Array("data".utf8))
                    } else {
                        try await peer.answer()
                    }
                }
            }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.expectContinueTimeout = patience })
            let fields: Fields = ["Expect": "100-continue"]
            let response = try await transport.roundTrip(server.post(.bytes(Array("data".utf8)), fields: fields))
            #expect(response.status == 401 && response.fate == .kept)
            #expect(try await transport.roundTrip(server.get()).isReused)
        }
    }

    @Test func `what cannot be sent is said before anything is dialled`() async throws {
        try await onLoop {
            let url = try HTTPURL("http://127.0.0.1:1/")
            let stream = HTTPBody.stream { () throws(NetworkError) in
                throw NetworkError(.read, network: nil, cause: .closed)
            }
            let senseless = [
                HTTPRequest(.get, url, fields: ["X": "a\r\nb"]), HTTPRequest(.get, url, fields: ["X Y": "a"]),
                HTTPRequest(.other("a b"), url), HTTPRequest(.post, url, body: stream, version: .http10),
                HTTPRequest(.post, url, fields: ["Content-Length": "3"], body: .bytes([1])),
                HTTPRequest(.post, url, fields: ["Transfer-Encoding": "gzip"], body: .bytes([1])),
            ]
            for request in senseless {
                let error = try await failure { _ = try await Transport().roundTrip(request) }
                #expect(error.code == "usage", "\(error)")
            }
        }
    }

    @Test func `a request that was prepared is sent as it stands, and anew once it is changed`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport()
            var request = try transport.prepared(server.get("/one"))
            for _ in 0..<2 { _ = try await transport.text(request) }
            request.fields = ["X": "1"]
            _ = try await transport.text(request)
            _ = try await Transport().text(try transport.prepared(request))
            #expect(
                server.requests.map { $0.contains("X: 1") } == [false, false, true, true] && server.connections == 2)
        }
    }
}
