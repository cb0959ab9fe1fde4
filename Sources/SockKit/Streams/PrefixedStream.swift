/// A stream of which some bytes were taken already: they are read first, and then what follows them.
@Netpoller
public final class PrefixedStream: WrappedStream {
    private var prefix: [UInt8]
    /// Nothing follows the bytes: the end of the stream was seen as well.
    private let isLast: Bool

    public init(_ prefix: [UInt8], _ inner: any ByteStream, isLast: Bool = false) {
        self.prefix = prefix
        self.isLast = isLast
        super.init(inner)
    }

    /// The same with more bytes before those that are left.
    package func prefixed(by bytes: [UInt8], isLast: Bool) -> PrefixedStream {
        PrefixedStream(bytes + prefix, inner, isLast: self.isLast || isLast)
    }

    /// How many of the bytes are still to be read.
    public var bytesLeft: Int { prefix.count }

    public override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        guard prefix.isEmpty else {
            let bytes = Array(prefix.prefix(maximum ?? .max))
            prefix.removeFirst(bytes.count)
            return Chunk(bytes, count: bytes.count)
        }
        return isLast ? Chunk([], count: 0) : try await inner.readChunk(maximum: maximum)
    }

    public override var plainSource: PlainDescriptor? {
        prefix.isEmpty && !isLast ? inner.plainSource : nil
    }
}
