import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct ClosedPeerTests {
    /// What a read or a write came to: its text, its error's name, or `end`.
    @Netpoller
    private func read(_ connection: Connection) async throws -> String {
        do throws(NetworkError) {
            let text = try await connection.readText()
            return text.isEmpty ? "end" : text
        } catch {
            expectWellFormed(error)
            #expect(error.call ?? "read" == "read")
            return error.code
        }
    }

    @Netpoller
    private func write(_ connection: Connection) async throws -> String {
        do throws(NetworkError) {
            try await connection.write("more")
            return "ok"
        } catch {
            expectWellFormed(error)
            #expect(error.call ?? "write" == "write")
            return error.code
        }
    }

    @Test func `after a FIN the first write succeeds, the next is a broken pipe, and reading gives the end`()
        async throws
    {
        try await onLoop {
            let pair = try await loopback()
            pair.server.close()
            let seen = [
                try await write(pair.client), try await write(pair.client), try await write(pair.client),
                try await read(pair.client),
            ]
            #expect(seen == ["ok", "EPIPE", "EPIPE", "end"])
            pair.close()
        }
    }

    @Test(arguments: [true, false])
    func `after a reset the first operation says so, then writing is a broken pipe and reading the end`(
        readsFirst: Bool
    ) async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.client.write("unread")
            try await pair.server.waitUntilReceived(6)
            pair.server.close()
            let first = readsFirst ? try await read(pair.client) : try await write(pair.client)
            let seen = [first, try await write(pair.client), try await read(pair.client)]
            #expect(seen == ["ECONNRESET", "EPIPE", "end"])
            pair.close()
        }
    }

    @Test func `what arrived before a reset is still read`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.server.write("first")
            try await pair.client.waitUntilReceived(5)
            try await pair.client.write("unread")
            try await pair.server.waitUntilReceived(6)
            pair.server.close()
            let seen = [
                try await read(pair.client), try await read(pair.client), try await read(pair.client),
                try await write(pair.client),
            ]
            #expect(seen == ["first", "ECONNRESET", "end", "EPIPE"])
            pair.close()
        }
    }

    @Test func `a connection can be reset on purpose`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.server.reset()
            let seen = [try await read(pair.client), try await read(pair.client), try await write(pair.client)]
            #expect(seen == ["ECONNRESET", "end", "EPIPE"])
            pair.close()
        }
    }

    @Test func `a peer that ends its writing still reads`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try pair.server.closeWrite()
            #expect(try await read(pair.client) == "end")
            #expect(try await write(pair.client) == "ok")
            #expect(try await read(pair.server) == "more")
            #expect(try await write(pair.server) == "EPIPE")
            pair.close()
        }
    }

    @Test func `a peer that ends its reading is told nothing of it, and neither are we`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try pair.server.closeRead()
            #expect(try await read(pair.server) == "end")
            #expect(try await [write(pair.client), write(pair.client)] == ["ok", "ok"])
            try await pair.server.waitUntilReceived(8)
            #expect(try await read(pair.server) == "moremore")
            pair.close()
        }
    }

    @Test func `a write after one's own end is a broken pipe that names both ends`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try pair.client.closeWrite()
            let error = try await failure { try await pair.client.write("x") }
            let ends = "\(pair.client.localEndpoint)->\(pair.client.remoteEndpoint)"
            #expect(error.description == "write tcp \(ends): write: broken pipe")
            #expect(error.local == pair.client.localEndpoint && error.remote == pair.client.remoteEndpoint)
            #expect(error.bytesTransferred == 0 && error.hint != nil)
            pair.close()
        }
    }

    @Test(arguments: [Network.unix, .unixpacket])
    func `a Unix socket has no free first write`(network: Network) async throws {
        try await onLoop {
            let pair = try await loopback(network)
            pair.server.close()
            #expect(try await [write(pair.client), read(pair.client)] == ["EPIPE", "end"])
            pair.close()
        }
    }

    @Test func `a Unix peer that closes with unread data resets`() async throws {
        try await onLoop {
            let pair = try await loopback(.unix)
            try await pair.client.write("unread")
            try await pair.server.write("first")
            pair.server.close()
            let seen = [try await read(pair.client), try await read(pair.client), try await write(pair.client)]
            #expect(seen == ["first", "ECONNRESET", "EPIPE"])
            pair.close()
        }
    }
}
