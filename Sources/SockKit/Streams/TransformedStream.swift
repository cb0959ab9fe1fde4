/// Makes other bytes of those that pass, piece by piece.
@Netpoller
public protocol ByteTransform: AnyObject, Sendable {
    /// What comes of the next bytes. What was made before an error is appended all the same.
    func push(_ bytes: Span<UInt8>, into result: inout [UInt8]) throws(NetworkError)

    /// What comes of the end.
    func finish(into result: inout [UInt8]) throws(NetworkError)
}

/// A stream whose bytes are transformed as they are read; writing passes them on as they are.
@Netpoller
public final class TransformedStream: WrappedStream {
    private let transform: any ByteTransform
    /// Kept until what was made before it has been read.
    private var failure: NetworkError?
    private var hasEnded = false

    public init(_ inner: any ByteStream, _ transform: any ByteTransform) {
        self.transform = transform
        super.init(inner)
    }

    /// `maximum` is of the bytes before they are transformed.
    public override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        var result: [UInt8] = []
        while result.isEmpty {
            if let failure { throw failure }
            if hasEnded { break }
            let chunk: Chunk
            do throws(NetworkError) { chunk = try await inner.readChunk(maximum: maximum) } catch {
                guard error.endsConnection else { throw error }
                // What had come before that is given first, as before an end.
                failure = error
                try? transform.finish(into: &result)
                continue
            }
            result.reserveCapacity(chunk.count + chunk.count / 8)
            do throws(NetworkError) {
                if chunk.isEnd {
                    hasEnded = true
                    try transform.finish(into: &result)
                } else {
                    try chunk.withBytes { bytes throws(NetworkError) in try transform.push(bytes, into: &result) }
                }
            } catch {
                failure = error
            }
            chunk.giveBack()
            // A source that always has something must not keep the loop to itself while nothing comes of it.
            if result.isEmpty { await Task.yield() }
        }
        return Chunk(result, count: result.count)
    }

    public override var plainSource: PlainDescriptor? { nil }
}
