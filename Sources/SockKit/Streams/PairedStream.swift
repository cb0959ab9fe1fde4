/// A source and a sink as one stream: standard input and output, or a child's pipes.
///
/// Without a source it gives nothing, not even an end; without a sink what is written to it is thrown away.
@Netpoller
public final class PairedStream: ByteStream {
    public let source: ByteSource?
    public let sink: ByteSink?

    public init(source: ByteSource?, sink: ByteSink?) {
        self.source = source
        self.sink = sink
    }

    public func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        guard let source else {
            await Netpoller.sleep(until: nil)
            throw NetworkError(.read, .standardInput, cause: .cancelled)
        }
        return try await source.readChunk(maximum: maximum ?? BufferPool.bufferSize)
    }

    public func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        try await sink?.write(bytes)
    }

    /// Whoever reads a pipe learns of the end at once, and not when this process ends.
    public func closeWrite() throws(NetworkError) {
        sink?.end()
    }

    public func close() {
        source?.close()
        sink?.close()
    }

    public func reset() { close() }

    /// Waits until whoever reads the output is gone, although nothing is being written.
    public func waitUntilGone() async throws(NetworkError) {
        guard let sink else {
            await Netpoller.sleep(until: nil)
            throw NetworkError(.write, .standardOutput, cause: .cancelled)
        }
        try await sink.waitUntilGone()
    }

    public var readDeadline: Deadline? {
        get { source?.deadline }
        set { source?.deadline = newValue }
    }

    public var writeDeadline: Deadline? {
        get { sink?.deadline }
        set { sink?.deadline = newValue }
    }

    public var names: StreamNames { StreamNames() }

    public var plainSource: PlainDescriptor? { source?.plain }
    public var plainSink: PlainDescriptor? { sink?.plain }
}
