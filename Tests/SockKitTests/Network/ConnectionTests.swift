import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
    @Test(arguments: [Network.tcp, .unix, .unixpacket])
    func `what is discarded is counted and gone, and the end counts as nothing`(network: Network) async throws {
        try await onLoop {
            let pair = try await loopback(network)
            try await pair.client.write("123456789")
            #expect(try await pair.server.discard() == 9)
            try await pair.client.write("kept")
            #expect(try await pair.server.readText() == "kept")
            pair.client.close()
            #expect(try await pair.server.discard() == nil)
            pair.close()
            #expect(try await failure { _ = try await pair.server.discard() }.isClosed)
        }
    }

    @Test func `a message that does not fit says how long it was`() async throws {
        try await onLoop {
            let pair = try await loopback(.unixpacket)
            try await pair.client.write("0123456789")
            var buffer = [UInt8](repeating: 0, count: 4)
            var span = buffer.mutableSpan
            let message = try await pair.server.receiveMessage(into: &span)
            #expect(message.count == 4 && message.length == 10 && message.isTruncated)
            #expect(message.source == pair.server.remoteEndpoint)
            pair.close()
        }
    }

    @Test func `a reset is noticed without reading, a half close is not one`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let watcher = Netpoller.spawn { (try? await pair.client.waitUntilGone()) != nil }
            let seen = Log<Bool>()
            Netpoller.spawn { seen.entries.append(await watcher.value) }
            try pair.server.closeWrite()
            try await waitUntil("the end of the peer's bytes") { pair.client.tcpInfo?.state == .closeWait }
            await letOthersRun()
            #expect(seen.entries.isEmpty)
            pair.server.reset()
            #expect(await watcher.value)
            pair.close()
        }
    }

    @Test func `closing or cancelling ends the watch for a peer that is still there`() async throws {
        try await onLoop {
            for closes in [true, false] {
                let pair = try await loopback()
                pair.client.readDeadline = nil
                let watcher = Netpoller.spawn { (try? await pair.client.waitUntilGone()) != nil }
                await letOthersRun()
                if closes { pair.client.close() } else { watcher.cancel() }
                #expect(await watcher.value == false)
                pair.close()
            }
        }
    }
}
