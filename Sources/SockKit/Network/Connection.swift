/// A connection, or a connected datagram socket: bytes in, bytes out, deadlines, and an end.
///
/// Any number of tasks may use one at once: reads take turns, and so do writes.
@Netpoller
public final class Connection {
    /// Where the peer is.
    public let remoteEndpoint: Endpoint
    // These two lie in what the endpoint leaves of its last word: idle connections are many.
    public let network: Network
    /// The kernel was told of the end: to it that is one more byte to be acknowledged.
    private(set) var hasShutDown = false
    /// Its SYN has not gone, or has not been answered, or was refused: an end that is said now waits for that.
    var isOpening = false
    /// A Unix socket of messages tells of a reset, once, before it gives the messages that had come.
    private var resetIsDue = false
    package let descriptor: PolledDescriptor
    private var knownLocal: KnownEndpoint?
    var extras: ConnectionExtras?

    package convenience init(
        _ descriptor: PolledDescriptor, _ network: Network, local: Endpoint? = nil, remote: Endpoint
    ) {
        self.init(descriptor, network, local: local, remote: remote, path: nil)
    }

    init(
        _ descriptor: PolledDescriptor, _ network: Network, local: Endpoint? = nil, remote: Endpoint, path: OwnedPath?,
        tunnel: DatagramTunnel? = nil
    ) {
        self.descriptor = descriptor
        extras = path == nil && tunnel == nil ? nil : ConnectionExtras(path: path, tunnel: tunnel)
        self.network = network
        knownLocal = local.map { KnownEndpoint($0) }
        remoteEndpoint = remote
    }

    /// Which end this is. Still known after the connection is closed.
    public var localEndpoint: Endpoint {
        if let knownLocal { return knownLocal.endpoint }
        let asked = try? descriptor.withNumber { number throws(Errno) in try SocketCalls.localEndpoint(of: number) }
        knownLocal = asked.map { KnownEndpoint($0) }
        return asked ?? .unix(.unnamed)
    }

    /// An end that was asked for: most connections of a server never are, and keep no room for it.
    private final class KnownEndpoint: Sendable {
        let endpoint: Endpoint
        let refusal: Errno?

        init(_ endpoint: Endpoint, refusal: Errno? = nil) {
            self.endpoint = endpoint
            self.refusal = refusal
        }
    }

    /// Why it never opened, as the kernel tells only once; nil where nobody has heard of it.
    var refusal: Errno? { knownLocal?.refusal }

    // MARK: - Deadlines

    /// The moment after which every read fails, until another is set; nil is none. One that has passed wakes the reader.
    public var readDeadline: Deadline? {
        get { descriptor[deadline: .read] }
        set { descriptor[deadline: .read] = newValue }
    }

    /// The moment after which every write fails, until another is set; nil is none. One that has passed wakes the writer.
    public var writeDeadline: Deadline? {
        get { descriptor[deadline: .write] }
        set { descriptor[deadline: .write] = newValue }
    }

    /// What each read may take, where the deadline does not end it before.
    public var readTimeout: Duration? {
        get { descriptor[timeout: .read] }
        set { descriptor[timeout: .read] = newValue }
    }

    /// What each write may take, with all its bytes, where the deadline does not end it before.
    public var writeTimeout: Duration? {
        get { descriptor[timeout: .write] }
        set { descriptor[timeout: .write] = newValue }
    }

    /// Makes whatever is done on this connection fail with a time-out, now and from now on.
    public func expire() {
        readTimeout = nil
        writeTimeout = nil
        setDeadline(.past)
    }

    // MARK: - Reading

    /// Waits until bytes are there and reads what there is, at most the buffer. 0 is the end of the stream, unless the
    /// buffer is empty.
    public func read(into buffer: inout MutableSpan<UInt8>) async throws(NetworkError) -> Int {
        guard buffer.count > 0 else { return 0 }
        if let layer { return try await read(into: &buffer, through: layer) }
        do throws(DescriptorFailure) {
            return try await descriptor.read(into: &buffer, family)
        } catch {
            throw failure(.read, error)
        }
    }

    /// As `read(into:)`, into memory that is lent from a pool only once the socket is readable. On a network of messages
    /// one read takes one message, whose end is gone if it is longer than `maximum`.
    ///
    /// Inlined into those below, so that a read is one frame of its task's stack.
    @inline(__always)
    public func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        if extras != nil, let layer { return try await readChunk(maximum: maximum, through: layer) }
        if network.kind != .stream { return try await readMessage(maximum: maximum ?? Self.longestMessage) }
        do throws(DescriptorFailure) {
            return try await descriptor.readChunk(maximum: maximum ?? BufferPool.bufferSize, family)
        } catch {
            throw failure(.read, error)
        }
    }

    public func readChunk() async throws(NetworkError) -> Chunk {
        try await readChunk(maximum: nil)
    }

    /// What a read gives that need not wait; nil where it would have to.
    public func readNow() throws(NetworkError) -> Chunk? {
        guard network.kind == .stream else { return nil }
        if extras != nil, let layer { return try readNow(through: layer) }
        do throws(DescriptorFailure) { return try descriptor.readNow(family) } catch { throw failure(.read, error) }
    }

    /// Whether a read is worth a try: bytes may be there, or the end.
    public var isReadable: Bool { descriptor.isReady(.read) }

    /// Whether `rest` can wake anybody: not where reads are messages.
    public var canRest: Bool { network.kind == .stream }

    /// Has `sleeper` woken once a read would not have to wait; false where that is already so.
    public func rest(waking sleeper: any StreamSleeper) -> Bool {
        canRest && descriptor.rest(.read, sleeper)
    }

    /// As `rest`, until a write would not have to wait; false where it need not wait now.
    public func restUntilWritable(waking sleeper: any StreamSleeper) -> Bool {
        descriptor.rest(.write, sleeper)
    }

    /// Whether whom `rest` had woken is awake only because the time for a read was over.
    public var hasRestedTooLong: Bool { descriptor.hasRestedTooLong(.read) }

    /// More than any message has: 65,535 bytes over IP, 212,960 on Unix sockets with the default buffer.
    static let longestMessage = 256 * 1024

    /// An empty message and the end both read as 0 bytes (unix(7)). It is the end if the loop, once it has looked, knows
    /// of one and no bytes wait behind it.
    @inline(never)
    private func readMessage(maximum: Int) async throws(NetworkError) -> Chunk {
        if let tunnel = extras?.tunnel { return try await readMessage(maximum: maximum, through: tunnel) }
        if resetIsDue, bytesWaiting == 0 {
            resetIsDue = false
            throw failure(.read, .system(.connectionReset))
        }
        let message: Chunk
        do throws(DescriptorFailure) { message = try await descriptor.readMessage(maximum: maximum) } catch {
            guard network.kind == .sequenced, error == .system(.connectionReset), bytesWaiting > 0, !resetIsDue else {
                throw failure(.read, error)
            }
            resetIsDue = true
            return try await readMessage(maximum: maximum)
        }
        guard message.length == 0, network.kind == .sequenced else { return message }
        if !descriptor.hasEnded, await !Netpoller.sleep(until: .now) { throw failure(.read, .cancelled) }
        guard descriptor.hasEnded else { return message }
        let isLast = try? descriptor.withNumber { number throws(Errno) in try FileCalls.queued(number, .received) == 0 }
        return Chunk(message: [], count: 0, length: 0, isEnd: isLast != false)
    }

    /// Waits for bytes and throws them away, on TCP without even copying them; says how many, nil at the end.
    public func discard() async throws(NetworkError) -> Int? {
        guard network.isTCP, layer == nil else {
            let chunk = try await readChunk()
            let (count, isEnd) = (chunk.count, chunk.isEnd)
            chunk.giveBack()
            return isEnd ? nil : count
        }
        do throws(DescriptorFailure) {
            let count = try await descriptor.perform(.read) { number throws(Errno) in
                try TransferCalls.discard(number, upTo: 1 << 20)
            }
            return count == 0 ? nil : count
        } catch {
            throw failure(.read, error)
        }
    }

    /// Waits until the peer is gone for good, without reading: a reset, or both directions ended. Any number may wait for
    /// that while others read.
    public func waitUntilGone() async throws(NetworkError) {
        do throws(DescriptorFailure) { try await descriptor.waitUntilHungUp() } catch { throw failure(.read, error) }
    }

    /// Waits for one message or datagram; what does not fit the buffer is gone, and the result says so.
    public func receiveMessage(into buffer: inout MutableSpan<UInt8>) async throws(NetworkError) -> Datagram {
        let room = buffer.count
        if let tunnel = extras?.tunnel {
            let message = try await readMessage(maximum: room, through: tunnel)
            message.withBytes { bytes in for index in bytes.indices { buffer[index] = bytes[index] } }
            let datagram = Datagram(count: message.count, length: message.length, source: remoteEndpoint)
            message.giveBack()
            return datagram
        }
        do throws(DescriptorFailure) {
            let received = try await descriptor.perform(.read) { number throws(Errno) in
                try unsafe buffer.withUnsafeMutableBytes { bytes throws(Errno) in
                    try unsafe TransferCalls.receiveFrom(number, into: bytes)
                }
            }
            return Datagram(count: min(received.length, room), length: received.length, source: remoteEndpoint)
        } catch {
            throw failure(.read, error)
        }
    }

    // MARK: - Writing

    /// Writes all the bytes, or fails with an error that says how many the kernel took (`bytesTransferred`).
    ///
    /// That the kernel took them promises nothing about the peer. No other write comes between them.
    public func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        if let extras {
            if let layer = extras.layer { return try await write(bytes, through: layer) }
            if let tunnel = extras.tunnel { return try await write(bytes, through: tunnel) }
        }
        var gone = 0
        do throws(DescriptorFailure) {
            try await descriptor.write(bytes, family, progress: &gone)
        } catch {
            throw failure(.write, error).after(gone)
        }
    }

    /// Whether `writeNow` does anything: not where writes are messages.
    public var canWriteNow: Bool { network.kind == .stream }

    /// Writes as many of the bytes as need not wait, and says how many; none on a network of messages.
    public func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int {
        guard network.kind == .stream, !bytes.isEmpty else { return 0 }
        if extras != nil, let layer { return try writeNow(bytes, through: layer) }
        do throws(DescriptorFailure) { return try descriptor.writeNow(bytes) } catch { throw failure(.write, error) }
    }

    /// As `writeNow` of bytes, what a read gave.
    public func writeNow(_ chunk: borrowing Chunk) throws(NetworkError) -> Int {
        try writeNow(chunk.buffer.span.extracting(chunk.range))
    }

    public func write(_ bytes: [UInt8]) async throws(NetworkError) {
        try await write(bytes.span)
    }

    /// Writes what a read gave.
    public func write(_ chunk: borrowing Chunk) async throws(NetworkError) {
        try await write(chunk.buffer.span.extracting(chunk.range))
    }

    public func write(_ text: String) async throws(NetworkError) {
        try await write(Array(text.utf8))
    }

    // MARK: - Ending

    /// Says that no more will be written: the peer reads the end (FIN), and reading goes on.
    ///
    /// Under TLS that is said where its rules say it is (`endWriting`), and never by a FIN alone.
    public func closeWrite() throws(NetworkError) {
        if let layer { return try closeWrite(through: layer) }
        // Of a socket that is connecting, shutdown(2) ends the connecting.
        if !isOpening { try shutdown(.write) }
        hasShutDown = true
    }

    /// Whether the peer has been told that nothing more comes.
    package var saidEnd: Bool { layer?.hasSaidEnd ?? hasShutDown }

    /// Gives up reading: on TCP a local matter, of which the peer learns nothing.
    public func closeRead() throws(NetworkError) {
        try shutdown(.read)
    }

    /// Closes both ways; waiters wake with `closed`. Harmless twice.
    public func close() {
        _ = localEndpoint
        if let layer { close(layer) }
        extras?.close()
        descriptor.close()
    }

    /// Closes with a reset instead of a FIN: queued data is dropped on both sides (SO_LINGER with no time).
    public func reset() {
        try? descriptor.withNumber { number throws(Errno) in try SocketOption.setLinger(0, on: number) }
        descriptor.lingers = false
        extras?.layer = nil
        close()
    }

    func shutdown(_ direction: ShutdownDirection) throws(NetworkError) {
        do throws(DescriptorFailure) {
            try descriptor.withNumber { number throws(Errno) in try SocketCalls.shutdown(number, direction) }
        } catch {
            throw failure(.close, error, call: "shutdown")
        }
    }

    // MARK: - Errors

    package var family: PolledDescriptor.Family {
        // A Unix stream's read ends where a descriptor was sent along, with more behind it (unix(7)).
        network.isTCP ? .streamSocket : .messageSocket
    }

    /// A failed attempt as an error that names both ends.
    @inline(never)
    package func failure(
        _ operation: NetworkError.Operation, _ failure: DescriptorFailure, call: String? = nil
    ) -> NetworkError {
        var (operation, call) = (operation, call ?? operation.rawValue)
        // Whoever reads or writes first is told of an opening that was put off, and came to nothing.
        if isOpening, case .system(let error) = failure {
            (operation, call) = (.dial, "connect")
            knownLocal = KnownEndpoint(localEndpoint, refusal: refusal ?? error)
        }
        if case .closed = failure, let ended = extras?.tunnel?.failure { return ended }
        return NetworkError(
            operation, network: network, local: localEndpoint, remote: remoteEndpoint,
            cause: NetworkError.Cause(failure, call: call))
    }
}
