/// A stream that is never read: its end is only that its other side is gone for good.
@Netpoller
public final class UnreadStream: WrappedStream {
    public override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        try await inner.waitUntilGone()
        return Chunk([], count: 0)
    }

    public override var plainSource: PlainDescriptor? { nil }
}
