import Testing

@testable import SockKit

/// A source that is not heard any more, and pours all the same.
@Suite(.timeLimit(.minutes(2))) struct SilentSourceTests {
    /// Always has something to give, until its end.
    private final class Fountain: WrappedStream {
        static let reads = 1000
        private(set) var count = 0

        override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
            count += 1
            if count > Self.reads { return Chunk([], count: 0) }
            return Chunk([1], count: 1)
        }
    }

    @Test(arguments: [Duration.zero, .seconds(1)])
    func `others have their turn between what is thrown away`(latency: Duration) async throws {
        try await onLoop {
            let pair = try await loopback()
            let fountain = Fountain(pair.server)
            let source = FaultySource(fountain)
            var faults = StreamFaults()
            (faults.dropAfter, faults.latency) = (0, latency)
            source.apply([(id: 1, faults: faults, seed: 1)])
            let reading = Netpoller.spawn { _ = try? await source.readChunk(maximum: nil) }
            var turns = 0
            while fountain.count <= Fountain.reads {
                turns += 1
                await Task.yield()
            }
            #expect(turns > 10)
            reading.cancel()
            await reading.value
            source.end()
            pair.close()
        }
    }
}
