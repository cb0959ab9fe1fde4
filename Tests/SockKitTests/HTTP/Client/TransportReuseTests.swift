import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct TransportReuseTests {
    @Test func `three requests go over one connection, and the last one used is used next`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport()
            for count in 0..<3 {
                let response = try await transport.roundTrip(server.get())
                #expect(response.connectionFacts.requestsBefore == count && response.isReused == (count > 0))
                #expect(try await response.text() == "ok")
                #expect(response.fate == .kept && response.connectionFacts.number == 1)
            }
            #expect(server.connections == 1 && transport.idleCount == 1)
            transport.closeIdle()
            try await waitUntil("the connection is closed") { server.open == 0 }
        }
    }

    @Test func `without keep-alive each request says close and has its own connection`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.disableKeepAlives = true })
            for _ in 0..<3 { #expect(try await transport.text(server.get()) == "ok") }
            #expect(server.connections == 3 && server.requests.allSatisfy { $0.contains("\r\nConnection: close\r\n") })
        }
    }

    @Test func `of five connections two are kept, as Go's transport does`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport()
            var responses: [HTTPResponse] = []
            for _ in 0..<5 { responses.append(try await transport.roundTrip(server.get())) }
            #expect(server.connections == 5)
            for response in responses { try await response.drain() }
            #expect(responses.map(\.fate) == [.kept, .kept] + Array(repeating: .closed(.tooManyIdle), count: 3))
            try await waitUntil("three are closed") { server.open == 2 }
        }
    }

    @Test func `a limit for all hosts closes the one that has been idle longest`() async throws {
        try await onLoop {
            let first = try await ScriptedServer { try await $0.answerAll() }
            let second = try await ScriptedServer { try await $0.answerAll() }
            defer { first.close(); second.close() }
            let transport = Transport(rules: .with { $0.maxIdleConns = 1 })
            _ = try await transport.text(first.get())
            _ = try await transport.text(second.get())
            try await waitUntil("the first is closed") { first.open == 0 }
            #expect(second.open == 1 && transport.idleCount == 1)
        }
    }

    @Test func `at most two connections to a host carry five requests`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.maxConnsPerHost = 2 })
            let tasks = try (0..<5).map { _ in
                let request = try server.get()
                return Netpoller.spawn { try await transport.text(request) }
            }
            for task in tasks { #expect(try await task.value == "ok") }
            #expect(server.connections == 2)
        }
    }

    @Test func `a request that waits gives up at its deadline, and the next still gets the connection`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.maxConnsPerHost = 1 })
            let held = try await transport.roundTrip(server.get())
            var late = try server.get()
            late.deadline = .now + .milliseconds(20)
            let request = late
            let error = try await failure { _ = try await transport.roundTrip(request) }
            #expect(error.operation == .dial && error.isTimeout)
            let next = try server.get()
            let waiting = Netpoller.spawn { try await transport.text(next) }
            await letOthersRun()
            try await held.drain()
            #expect(held.fate == .handedOver)
            #expect(try await waiting.value == "ok")
            #expect(server.connections == 1)
        }
    }

    @Test func `a request whose dial takes long uses the connection that another is done with`() async throws {
        try await onLoop {
            // A queue for one: the second dial is not answered before the first connection is accepted.
            let listener = try await ListenConfiguration(backlog: 0).listen(.tcp4, "127.0.0.1:0")
            defer { listener.close() }
            let transport = Transport()
            let request = HTTPRequest(.get, try HTTPURL("http://\(listener.endpoint)/"), deadline: .now + patience)
            let first = Netpoller.spawn { try await transport.roundTrip(request) }
            let served = try await listener.accept()
            try await served.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            let held = try await first.value
            let filler = try await Dialer(timeout: patience).dial(.tcp4, listener.endpoint.description)
            let second = Netpoller.spawn { try await transport.roundTrip(request).isReused }
            await letOthersRun()
            try await served.write("ok")
            try await held.drain()
            #expect(held.fate == .handedOver)
            _ = try await served.read(upTo: 1000)
            try await served.write("HTTP/1.1 204 No Content\r\n\r\n")
            #expect(try await second.value)
            filler.close()
            served.close()
        }
    }

    @Test func `an idle connection is closed when its time is over`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.idleConnTimeout = .milliseconds(700) })
            _ = try await transport.text(server.get())
            #expect(transport.idleCount == 1)
            try await waitUntil("it is closed") { server.open == 0 }
            #expect(transport.idleCount == 0)
            // Nobody looked in between: a connection that is too old is not used all the same.
            _ = try await transport.text(server.get())
            await Netpoller.sleep(for: .milliseconds(710))
            #expect(try await !transport.roundTrip(server.get()).isReused)
        }
    }

    @Test func `what the server ends while it is idle is closed on this side too`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.request()
                try await peer.answer()
                try peer.connection.closeWrite()
                try await peer.beSilent()
            }
            defer { server.close() }
            let transport = Transport()
            _ = try await transport.text(server.get())
            try await waitUntil("this side has closed") { server.open == 0 && transport.idleCount == 0 }
        }
    }

    @Test func `a transport that goes away closes what it kept`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            var transport: Transport? = Transport()
            _ = try await transport?.text(server.get())
            transport = nil
            try await waitUntil("it is closed") { server.open == 0 }
        }
    }

    @Test func `what was taken again in time is watched the next time all the same`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport(rules: .with { $0.idleConnTimeout = .milliseconds(300) })
            _ = try await transport.text(server.get())
            // In use at the moment of the look.
            let held = try await transport.roundTrip(server.get())
            await Netpoller.sleep(for: .milliseconds(400))
            try await held.drain()
            #expect(held.fate == .kept)
            try await waitUntil("it is closed") { server.open == 0 && transport.idleCount == 0 }
        }
    }

    @Test func `whoever listens is told what happens, in order`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let transport = Transport()
            for words in [
                ["waiting", "connecting", "connected", "new", "wrote 0", "first", "head", "end 2", "kept"],
                ["reused", "wrote 0", "first", "head", "end 2", "kept"],
            ] {
                var seen: [String] = []
                let text = try await transport.text(server.get()) { event in
                    switch event {
                    case .waiting: seen.append("waiting")
                    case .dial(.connecting): seen.append("connecting")
                    case .dial(.connected): seen.append("connected")
                    case .connection(let facts):
                        seen.append(facts.isReused ? "reused" : "new")
                        #expect((facts.idle != nil) == facts.isReused)
                    case .wroteContent(let count): seen.append("wrote \(count)")
                    case .firstByte: seen.append("first")
                    case .head: seen.append("head")
                    case .end(let count): seen.append("end \(count)")
                    case .released(_, .kept): seen.append("kept")
                    default: break
                    }
                }
                #expect(text == "ok" && seen == words)
            }
        }
    }

    @Test func `a Unix socket serves every host`() async throws {
        try await onLoop {
            let server = try await ScriptedServer(.unix) { try await $0.answerAll() }
            defer { server.close() }
            guard case .unix(let address) = server.listener.endpoint else { return }
            let transport = Transport(rules: .with { $0.unixSocket = address })
            for host in ["one.example", "two.example"] {
                let request = HTTPRequest(.get, try HTTPURL("http://\(host)/x"), deadline: .now + patience)
                #expect(try await transport.text(request) == "ok")
            }
            #expect(server.connections == 1 && server.requests[1].contains("Host: two.example\r\n"))
        }
    }

    @Test func `an address that is given for a host and its port is dialled without asking anybody`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let port = try #require(server.listener.endpoint.port)
            let override = try #require(HostOverride("No.Example:\(port):127.0.0.1"))
            let transport = Transport(rules: .with { $0.overrides = [override] })
            let request = HTTPRequest(.get, try HTTPURL("http://no.example:\(port)/"), deadline: .now + patience)
            #expect(try await transport.text(request) == "ok")
            #expect(server.requests[0].contains("Host: no.example:\(port)\r\n"))
        }
    }

    @Test(arguments: ["a:80", ":80:1.2.3.4", "a:b:1.2.3.4", "a:80:b", "a:80:", "[::1:80:::1", "a:70000:1.2.3.4"])
    func `what is no host, port and address is none`(text: String) {
        #expect(HostOverride(text) == nil)
    }

    @Test func `an override may have several addresses, of either family`() {
        let override = HostOverride("[::1]:80:127.0.0.1,[::2],::3")
        #expect(override?.host == "::1" && override?.addresses.map(\.description) == ["127.0.0.1", "::2", "::3"])
    }
}
