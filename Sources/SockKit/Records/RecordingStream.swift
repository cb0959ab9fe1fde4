/// One side of a connection that is recorded: what is read of it goes into the record as well, its end and its reset too.
@Netpoller
public final class RecordingStream: WrappedStream {
    private let record: ConnectionRecord
    private let direction: RecordDirection

    /// `direction` is that of what is read: up for a client, down for a target.
    public init(_ inner: any ByteStream, _ record: ConnectionRecord, _ direction: RecordDirection) {
        self.record = record
        self.direction = direction
        super.init(inner)
    }

    public override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        // Before the read: what has to wait does so with the peer.
        await record.waitForRoom()
        // A task that was cancelled waits for nothing, and whatever pours would be kept.
        if Task.isCancelled { throw names.failure(.read, .cancelled) }
        do throws(NetworkError) {
            let chunk = try await inner.readChunk(maximum: maximum)
            if chunk.isEnd { record.end(direction) } else { chunk.withBytes { record.take($0, direction) } }
            return chunk
        } catch {
            if error.errno == .connectionReset { record.reset(direction) }
            throw error
        }
    }

    public override var plainSource: PlainDescriptor? { nil }
}
