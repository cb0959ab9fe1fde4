@testable import SockKit
import Testing

/// Bytes that cannot have arrived.
@Suite(.timeLimit(.minutes(5))) struct UnsentBytesTests {
    @Test func `a FIN that was not sent is no byte that was not sent, not even after a reset`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair()
            let block = [UInt8](repeating: 7, count: 16 << 20)
            // Until there are more than the other side has room for: on a busy machine that takes a few tries.
            while pair.near.bytesUnsent == 0 {
                pair.near.writeDeadline = .now + .milliseconds(100)
                try? await pair.near.write(block)
                // What is on its way arrives, or finds no room.
                _ = try await settled { pair.near.bytesUnsent == pair.near.bytesUnacknowledged }
            }
            #expect(try await settled { pair.near.bytesUnsent == pair.near.queueDepths?.unsent })
            try pair.near.closeWrite()
            for resets in [false, true] {
                if resets {
                    pair.far.reset()
                    #expect(try await settled { pair.near.tcpInfo?.state == .closed })
                }
                // It goes last of all, and nobody reads.
                #expect(try await settled { pair.near.queueDepths?.unsent == pair.near.bytesUnsent.map { $0 + 1 } })
                let unsent = try #require(pair.near.bytesUnsent)
                let waiting = try #require(pair.near.bytesUnacknowledged)
                #expect(unsent > 0 && unsent <= waiting)
            }
            pair.near.close()
            #expect(pair.near.bytesUnsent == nil)
        }.value
    }

    @Test func `a Unix socket knows of no byte whether it was sent`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair(.unix, freshAddress(.unix))
            try await pair.near.write("hello")
            #expect(pair.near.bytesUnsent == nil && pair.near.bytesUnacknowledged == nil)
            pair.near.close()
        }.value
    }
}
