import SockKit

/// A target that sends messages: tells of those that are longer than what is read of one.
@Netpoller
final class TargetMessages: WrappedStream {
    private let reporter: Reporter

    init(_ target: Connection, _ reporter: Reporter) {
        self.reporter = reporter
        super.init(target)
    }

    override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        let chunk = try await inner.readChunk(maximum: maximum)
        if chunk.length > chunk.count { reportCut(chunk.count, of: chunk.length) }
        return chunk
    }

    @inline(never)
    private func reportCut(_ count: Int, of length: Int) {
        reporter.report(MessageCutEvent(bytes: count, length: length, source: names.remote))
    }
}
