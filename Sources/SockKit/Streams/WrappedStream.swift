/// A stream around another one, which passes everything on; what is built on it overrides what it changes.
@Netpoller
open class WrappedStream: ByteStream {
    public let inner: any ByteStream

    public init(_ inner: any ByteStream) {
        self.inner = inner
    }

    open func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        try await inner.readChunk(maximum: maximum)
    }

    open func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        try await inner.write(bytes)
    }

    /// Not by itself: what is built on it may have to see each write.
    open var canWriteNow: Bool { false }
    open func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int { 0 }

    open func closeWrite() throws(NetworkError) { try inner.closeWrite() }
    open func close() { inner.close() }
    open func reset() { inner.reset() }
    open func waitUntilGone() async throws(NetworkError) { try await inner.waitUntilGone() }

    open var readDeadline: Deadline? {
        get { inner.readDeadline }
        set { inner.readDeadline = newValue }
    }

    open var writeDeadline: Deadline? {
        get { inner.writeDeadline }
        set { inner.writeDeadline = newValue }
    }

    open var names: StreamNames { inner.names }
    open var plainSource: PlainDescriptor? { inner.plainSource }
    open var plainSink: PlainDescriptor? { inner.plainSink }
}
