/// A stream whose bytes are shown as they pass: after they were read, and after the other side took them.
@Netpoller
public final class WatchedStream: WrappedStream {
    public typealias Look = @Netpoller (Span<UInt8>) -> Void

    private let seesRead: Look?
    private let seesWritten: Look?
    private let copy: PlainCopy?

    /// `copy` keeps what is read where `seesRead` does nothing else: then the kernel can do it.
    public init(
        _ inner: any ByteStream, seesRead: Look? = nil, copy: PlainCopy? = nil, seesWritten: Look? = nil
    ) {
        self.seesRead = seesRead
        self.copy = copy
        self.seesWritten = seesWritten
        super.init(inner)
    }

    public override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        let chunk = try await inner.readChunk(maximum: maximum)
        chunk.withBytes { seesRead?($0) }
        return chunk
    }

    public override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        do throws(NetworkError) { try await inner.write(bytes) } catch {
            if error.bytesTransferred > 0 { seesWritten?(bytes.extracting(first: error.bytesTransferred)) }
            throw error
        }
        seesWritten?(bytes)
    }

    public override var plainSource: PlainDescriptor? {
        guard seesRead != nil else { return inner.plainSource }
        guard let copy, var plain = inner.plainSource else { return nil }
        plain.copy = copy
        return plain
    }

    public override var plainSink: PlainDescriptor? { seesWritten == nil ? inner.plainSink : nil }
}
