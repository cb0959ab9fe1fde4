@testable import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct QueueDepthsTests {
    @Test func `what was sent and not read waits at the reader`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair()
            #expect(pair.far.queueDepths == QueueDepths(received: 0, unacknowledged: 0, unsent: 0))
            try await pair.near.write([UInt8](repeating: 7, count: 1234))
            #expect(try await settled { pair.far.queueDepths?.received == 1234 })
            #expect(
                try await settled { pair.near.queueDepths == QueueDepths(received: 0, unacknowledged: 0, unsent: 0) })
            pair.far.close()
            #expect(pair.far.queueDepths == nil)
        }.value
    }

    @Test func `the other end's queue is seen by address, as if it were somebody else's`() async throws {
        try await Netpoller.spawn {
            for host in ["127.0.0.1", "::1"] {
                let listener = try await ListenConfiguration().listen(
                    .tcp, at: Destination(place: .host(host, service: "0")))
                defer { listener.close() }
                let near = try await Dialer().dial(
                    .tcp, to: Destination(place: .host(host, service: "\(listener.endpoint.port ?? 0)")))
                defer { near.close() }
                let far = try await listener.accept()
                defer { far.close() }
                try await near.write([UInt8](repeating: 7, count: 1234))
                #expect(try await settled { near.peerReceiveQueue == 1234 }, "\(host)")
                _ = try await far.readChunk()
                #expect(near.peerReceiveQueue == 0, "\(host)")
            }
        }.value
    }

    @Test func `when nobody reads, every byte is in one queue or the other`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair()
            pair.near.writeDeadline = .now + .milliseconds(200)
            let block = [UInt8](repeating: 7, count: 16 << 20)
            let failure = await #expect(throws: NetworkError.self) { try await pair.near.write(block) }
            let written = try #require(failure).bytesTransferred
            #expect(written > 0 && written < block.count)
            #expect(
                try await settled {
                    guard let near = pair.near.queueDepths, let far = pair.far.queueDepths else { return false }
                    return near.unacknowledged.flatMap { waiting in far.received.map { waiting + $0 } } == written
                })
            let depths = try #require(pair.near.queueDepths)
            #expect(try #require(depths.unsent) <= (try #require(depths.unacknowledged)))
        }.value
    }

    @Test func `a FIN is no byte that waits to be acknowledged, not even after a reset`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair()
            let block = [UInt8](repeating: 7, count: 16 << 20)
            var (written, waiting) = (0, 0)
            // Until there are more than the other side has room for: on a busy machine that takes a few tries.
            while waiting == 0 {
                pair.near.writeDeadline = .now + .milliseconds(100)
                let failure = await #expect(throws: NetworkError.self) { try await pair.near.write(block) }
                written += try #require(failure).bytesTransferred
                // Delayed acknowledgements: where the bytes are is known once both sides agree.
                #expect(try await settled { pair.near.bytesUnacknowledged == written - pair.far.bytesWaiting })
                waiting = try #require(pair.near.bytesUnacknowledged)
            }
            #expect(pair.near.queueDepths?.unacknowledged == waiting)
            try pair.near.closeWrite()
            #expect(pair.near.queueDepths?.unacknowledged == waiting + 1)
            #expect(pair.near.bytesUnacknowledged == waiting)
            pair.far.reset()
            #expect(try await settled { pair.near.tcpInfo?.state == .closed })
            #expect(pair.near.bytesUnacknowledged == waiting)
        }.value
    }

    @Test func `a Unix socket counts what arrived, and nothing as unsent`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair(.unix, freshAddress(.unix))
            try await pair.near.write("hello")
            #expect(pair.far.queueDepths?.received == 5)
            #expect(pair.near.queueDepths?.unsent == nil)
            #expect(try #require(pair.near.queueDepths?.unacknowledged) >= 5)
        }.value
    }
}
