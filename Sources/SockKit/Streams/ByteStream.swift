/// Bytes in, bytes out, and an end each way: a connection, the standard streams, a child's pipes, a TLS session, or a
/// wrapper that changes what passes through another stream. What `net.Conn` is to Go.
///
/// Reads take turns, and so do writes; any number of tasks may use a stream at once.
@Netpoller
public protocol ByteStream: AnyObject, Sendable {
    /// Waits for bytes and takes what one read gives, at most `maximum`; without it as much as is good at once.
    ///
    /// On networks of messages one read gives one message. After the end every read gives it again.
    func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk

    /// What a read gives that need not wait; nil where it would have to, or where nobody can know.
    func readNow() throws(NetworkError) -> Chunk?

    /// Whether `rest` can wake anybody.
    var canRest: Bool { get }

    /// Has `sleeper` woken once a read would not have to wait, so that no task need wait for it; false where that is
    /// already so, or where it cannot be done.
    func rest(waking sleeper: any StreamSleeper) -> Bool

    /// Waits for bytes and throws them away; says how many, nil at the end.
    func discard() async throws(NetworkError) -> Int?

    /// Writes all the bytes, or fails with an error that says how many went (`bytesTransferred`).
    func write(_ bytes: Span<UInt8>) async throws(NetworkError)

    /// Whether `writeNow` can be relied on: 0 then means that a write would have to wait.
    var canWriteNow: Bool { get }

    /// Writes as many of the bytes as need not wait, and says how many; 0 where nobody can know.
    func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int

    /// Says that no more will be written; reading goes on.
    func closeWrite() throws(NetworkError)

    /// Closes both ways and wakes whoever waits. Harmless twice.
    func close()

    /// Closes so that the other side sees a failure and not an end, where there is such a thing.
    func reset()

    /// Waits until the other side is gone for good, without reading.
    func waitUntilGone() async throws(NetworkError)

    /// The moment after which every read fails; nil is none.
    var readDeadline: Deadline? { get set }
    /// The moment after which every write fails; nil is none.
    var writeDeadline: Deadline? { get set }

    /// The network and both ends, as far as there are any.
    var names: StreamNames { get }

    /// Where the bytes that are read here come from as they are; nil where they pass through this process.
    var plainSource: PlainDescriptor? { get }
    /// Where the bytes that are written here go to as they are; nil where they pass through this process.
    var plainSink: PlainDescriptor? { get }
}

/// What a stream's two ends are called.
public struct StreamNames: Sendable, Hashable {
    public var network: Network?
    public var local: Endpoint?
    public var remote: Endpoint?

    public init(_ network: Network? = nil, local: Endpoint? = nil, remote: Endpoint? = nil) {
        self.network = network
        self.local = local
        self.remote = remote
    }

    /// An error of a stream with these ends.
    package func failure(_ operation: NetworkError.Operation, _ cause: NetworkError.Cause) -> NetworkError {
        NetworkError(operation, network: network, local: local, remote: remote, cause: cause)
    }
}

extension ByteStream {
    public func readNow() throws(NetworkError) -> Chunk? { nil }
    public func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int { 0 }
    public var canWriteNow: Bool { false }
    public var canRest: Bool { false }
    public func rest(waking sleeper: any StreamSleeper) -> Bool { false }
}

extension ByteStream {
    public func discard() async throws(NetworkError) -> Int? {
        let chunk = try await readChunk(maximum: nil)
        let (count, isEnd) = (chunk.count, chunk.isEnd)
        chunk.giveBack()
        return isEnd ? nil : count
    }

    public func readChunk() async throws(NetworkError) -> Chunk {
        try await readChunk(maximum: nil)
    }

    public func write(_ bytes: [UInt8]) async throws(NetworkError) {
        try await write(bytes.span)
    }

    /// Writes what a read gave.
    public func write(_ chunk: borrowing Chunk) async throws(NetworkError) {
        try await write(chunk.buffer.span.extracting(chunk.range))
    }

    /// Sets both deadlines.
    public func setDeadline(_ deadline: Deadline?) {
        readDeadline = deadline
        writeDeadline = deadline
    }
}
