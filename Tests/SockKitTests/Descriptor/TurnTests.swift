import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct TurnTests {
    @Test(arguments: [Network.tcp, .unix])
    func `two readers share a stream without losing or doubling a byte`(network: Network) async throws {
        try await onLoop {
            for _ in 0..<50 {
                let pair = try await loopback(network)
                let first = Netpoller.spawn { try await pair.server.readText(upTo: 4) }
                let second = Netpoller.spawn { try await pair.server.readText(upTo: 4) }
                await letOthersRun()
                try await pair.client.write("world")
                // Which of them gets what is nobody's promise.
                #expect(try await [first.value, second.value].sorted() == ["d", "worl"])
                pair.close()
            }
        }
    }

    @Test func `many readers together read the stream exactly`() async throws {
        let bytes = noise(100_000)
        try await onLoop {
            let pair = try await loopback()
            let readers = (0..<4).map { _ in
                Netpoller.spawn { () async throws -> [UInt8] in
                    var mine: [UInt8] = []
                    while true {
                        let part = try await pair.server.read(upTo: 997)
                        if part.isEmpty { return mine }
                        mine += part
                    }
                }
            }
            try await pair.client.write(bytes)
            try pair.client.closeWrite()
            var counts = [Int](repeating: 0, count: 256)
            for reader in readers { for byte in try await reader.value { counts[Int(byte)] += 1 } }
            for byte in bytes { counts[Int(byte)] -= 1 }
            #expect(counts.allSatisfy { $0 == 0 })
            pair.close()
        }
    }

    @Test(arguments: [Network.tcp, .unix])
    func `two writers never interleave inside a message`(network: Network) async throws {
        try await onLoop {
            var small = SocketOptions()
            small.sendBuffer = 8192
            small.receiveBuffer = 8192
            let pair = try await loopback(network, client: small, server: small)
            let size = 1 << 18
            let messages = 4
            let writers = [UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "c")].map { letter in
                Netpoller.spawn {
                    for _ in 0..<messages { try await pair.client.write([UInt8](repeating: letter, count: size)) }
                }
            }
            var torn = 0
            for _ in 0..<messages * writers.count {
                let message = try await pair.server.readAll(size)
                #expect(message.count == size)
                if message != [UInt8](repeating: message.first ?? 0, count: size) { torn += 1 }
            }
            #expect(torn == 0)
            for writer in writers { try await writer.value }
            pair.close()
        }
    }

    @Test func `a reader who gives up his place in line does not lose the turn for those behind him`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let readers = (0..<3).map { _ in Netpoller.spawn { try await pair.server.readText(upTo: 1) } }
            await letOthersRun()
            readers[1].cancel()
            let error = try await failure { _ = try await readers[1].value }
            #expect(error.cause == .cancelled)
            try await pair.client.write("xy")
            #expect(try await [readers[0].value, readers[2].value] == ["x", "y"])
            pair.close()
        }
    }

    @Test func `the reader who holds the turn gives it up when he is cancelled`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let readers = (0..<2).map { _ in Netpoller.spawn { try await pair.server.readText(upTo: 1) } }
            await letOthersRun()
            readers[0].cancel()
            #expect(try await failure { _ = try await readers[0].value }.cause == .cancelled)
            try await pair.client.write("x")
            #expect(try await readers[1].value == "x")
            pair.close()
        }
    }

    @Test func `reading and writing take turns of their own`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let reader = Netpoller.spawn { try await pair.client.readText() }
            await letOthersRun()
            try await pair.client.write("ping")
            #expect(try await pair.server.readText() == "ping")
            try await pair.server.write("pong")
            #expect(try await reader.value == "pong")
            pair.close()
        }
    }
}
