import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct WriteTests {
    private static var small: SocketOptions {
        var options = SocketOptions()
        options.sendBuffer = 65536
        options.receiveBuffer = 65536
        return options
    }

    @Test(arguments: [Network.tcp, .tcp6])
    func `a write that times out says how much the kernel took`(network: Network) async throws {
        let bytes = noise(1 << 20)
        try await onLoop {
            let pair = try await loopback(network, client: Self.small, server: Self.small)
            pair.client.writeDeadline = .now + .milliseconds(600)
            let error = try await failure { try await pair.client.write(bytes) }
            #expect(error.isTimeout)
            let held = try pair.client.queued(.unacknowledged) + pair.server.queued(.received)
            #expect(error.bytesTransferred == held && held > 65536 && held < bytes.count)
            // What it took is what the peer gets, and not a byte more.
            pair.client.close()
            #expect(try await pair.server.readAll() == Array(bytes.prefix(held)))
            pair.close()
        }
    }

    @Test func `a deadline that has passed sends nothing, and after it is lifted writing goes on`() async throws {
        try await onLoop {
            let pair = try await loopback()
            pair.client.writeDeadline = .past
            let error = try await failure { try await pair.client.write("lost") }
            #expect(error.isTimeout && error.bytesTransferred == 0)
            pair.client.writeDeadline = .now + patience
            try await pair.client.write("sent")
            #expect(try await pair.server.readText() == "sent")
            pair.close()
        }
    }

    @Test func `a write that waits ends with the reset, and says how much had gone`() async throws {
        try await onLoop {
            let pair = try await loopback(client: Self.small, server: Self.small)
            let writer = Netpoller.spawn { try await pair.client.write([UInt8](repeating: 1, count: 4 << 20)) }
            try await waitUntil("a full receive queue") { try pair.server.queued(.received) > 32768 }
            await letOthersRun()
            // Unread data makes it a reset.
            pair.server.close()
            let error = try await failure { try await writer.value }
            #expect(error.errno == .connectionReset && error.bytesTransferred >= 65536)
            let next = try await failure { try await pair.client.write("x") }
            #expect(next.errno == .brokenPipe && next.bytesTransferred == 0)
            pair.close()
        }
    }

    @Test func `a write goes on as the peer reads, however little`() async throws {
        let bytes = noise(1 << 20)
        try await onLoop {
            let pair = try await loopback(client: Self.small, server: Self.small)
            let writer = Netpoller.spawn { try await pair.client.write(bytes) }
            var seen: [UInt8] = []
            while seen.count < bytes.count { seen += try await pair.server.read(upTo: 10_007) }
            try await writer.value
            #expect(seen == bytes)
            pair.close()
        }
    }

    @Test func `both directions flow at once`() async throws {
        let (left, right) = (noise(1 << 20, seed: 1), noise(1 << 20, seed: 2))
        try await onLoop {
            let pair = try await loopback(client: Self.small, server: Self.small)
            let writers = [
                Netpoller.spawn { try await pair.client.write(left) },
                Netpoller.spawn { try await pair.server.write(right) },
            ]
            let reader = Netpoller.spawn { try await pair.client.readAll(right.count) }
            #expect(try await pair.server.readAll(left.count) == left)
            #expect(try await reader.value == right)
            for writer in writers { try await writer.value }
            pair.close()
        }
    }

    @Test(arguments: [Network.tcp, .unix])
    func `writing nothing sends nothing`(network: Network) async throws {
        try await onLoop {
            let pair = try await loopback(network)
            try await pair.client.write("")
            try await pair.client.write("x")
            #expect(try await pair.server.readText() == "x")
            pair.close()
        }
    }
}
