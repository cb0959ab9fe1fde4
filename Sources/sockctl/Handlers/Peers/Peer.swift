import SockKit

/// A connection in the hands of a command: a stream that counts and reports what goes through it, and knows the limits
/// that the connection has.
@Netpoller
final class Peer: ByteStream {
    let connection: Connection
    /// Counted from 1.
    let number: Int
    let reporter: Reporter
    let policy: PeerPolicy
    let start = Deadline.now
    private(set) var received = 0
    private(set) var sent = 0
    /// Whole messages that came; nil where nobody tells them apart.
    private(set) var messages: Int?
    // The flags stand together: there is one peer for each of ten thousand idle connections.
    private let reportsTransfers: Bool
    private let isVerbose: Bool
    /// We were told to come to an end: a read that times out now is no failure.
    var isFinishing = false
    /// Its time was over: nothing that goes on puts the end off.
    var hasExpired = false
    /// Its service has ended, and what is told of that has been found out.
    var isOver = false
    /// How much of what it sent is beyond its limit: a byte that was taken to see that it is there, or a message from there on.
    /// Nobody gets it.
    private(set) var excess = 0
    /// It is not worth waiting for what it has not read: closing resets the connection.
    var isCutOff = false
    /// No task serves it, and the loop knows of it.
    var isResting = false
    /// TLS is spoken with it.
    var isSecured: Bool
    /// Its own end has come: it does not count among those that are served.
    var hasLeft = false {
        didSet { if hasLeft, !oldValue { server?.hasLeft(self) } }
    }
    /// Why its service is to end, where another task than the peer's own found out.
    var failure: NetworkError?
    /// When its rest began; kept only where two limits count from different moments.
    var restingSince = Deadline.past
    /// When something last came or went; kept only where it matters.
    var lastActivity = Deadline.now
    var timeouts = 0
    /// When something came and went, for those who want to know; nil where nobody does.
    var clock: PeerClock?
    var progress: Progress?
    /// Told that the service is to end, for one that waits for other things than the connection.
    var onStop: (@Netpoller () -> Void)?
    /// What its service keeps of it while no task serves it.
    var conversation: (any PeerConversation)?
    /// What its service has still to do, from a round without a task.
    var leftover: Leftover?
    /// What a proxy said of whom it connects for; nil where nobody was asked.
    var origin: PeerOrigin?
    /// Who serves it: a rest ends there.
    var server: Server?
    /// The task that serves it; nil while it rests.
    // Invariant: only the loop's thread touches it, in jobs and, by `wake`, between them.
    nonisolated(unsafe) var task: Task<Void, Never>?
    /// What slows the peer down, until it is closed.
    var pacing: PacedStream?

    init(_ connection: Connection, number: Int, reporter: Reporter, policy: PeerPolicy = PeerPolicy()) {
        self.connection = connection
        self.number = number
        self.reporter = reporter
        self.policy = policy
        reportsTransfers = reporter.isReported(.transfer)
        isVerbose = reporter.isReported(.verbose)
        isSecured = connection.isSecured
        policy.begin(connection)
        if !policy.isFree { pacing = PacedStream(self, policy.pace) }
    }

    /// What a service reads and writes: the peer itself, or what slows it down.
    var stream: any ByteStream { pacing ?? self }

    /// Which connection it is, for reports.
    var ends: Ends {
        var ends = Ends(connection, number: number)
        if let client = origin?.client { ends.remote = client }
        return ends
    }

    // MARK: - Reading

    @inline(__always)
    func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        try await readChunk(maximum: maximum, reader: nil)
    }

    /// One read, after as many time-outs as it may go on after. `reader` says which of several it is, from 1.
    @inline(__always)
    func readChunk(maximum: Int?, reader: Int?) async throws(NetworkError) -> Chunk {
        while true {
            do throws(NetworkError) {
                let chunk = try await connection.readChunk(maximum: room(maximum))
                try didRead(chunk.count, of: chunk.length, reader: reader)
                return chunk
            } catch {
                guard goesOn(after: error) else { throw error }
            }
            await Task.yield()
        }
    }

    func readNow() throws(NetworkError) -> Chunk? {
        guard policy.maximumBytes == nil, let chunk = try connection.readNow() else { return nil }
        didRead(chunk.count)
        return chunk
    }

    var canRest: Bool { connection.canRest }
    var canWriteNow: Bool { connection.canWriteNow }
    func rest(waking sleeper: any StreamSleeper) -> Bool { connection.rest(waking: sleeper) }

    func discard() async throws(NetworkError) -> Int? {
        guard policy.maximumBytes == nil, connection.network.isTCP else {
            let chunk = try await readChunk(maximum: nil)
            let (count, isEnd) = (chunk.count, chunk.isEnd)
            chunk.giveBack()
            return isEnd ? nil : count
        }
        while true {
            do throws(NetworkError) {
                let count = try await connection.discard()
                didRead(count ?? 0)
                return count
            } catch {
                guard goesOn(after: error) else { throw error }
            }
            await Task.yield()
        }
    }

    /// At the limit one byte more is asked for, to see whether there is one.
    private func room(_ maximum: Int?) throws(NetworkError) -> Int? {
        guard let most = policy.maximumBytes else { return maximum }
        if excess > 0 { throw cutOff(at: most) }
        return min(maximum ?? .max, max(1, most - received))
    }

    private func didRead(_ count: Int, of length: Int, reader: Int? = nil) throws(NetworkError) {
        didRead(count, reader: reader)
        if length > count { reportCut(count, of: length) }
        guard let most = policy.maximumBytes else { return }
        excess = max(0, received - count + length - most)
        // What of a message is within the limit is given on first.
        if received > most { throw cutOff(at: most) }
    }

    /// It is to see a reset also where nothing lies here unread that would make the kernel's close one.
    @inline(never)
    private func cutOff(at most: Int) -> NetworkError {
        isCutOff = true
        return names.failure(.read, .limit("the peer sent more than \(Quantity.count(most, "byte"))"))
    }

    private func didRead(_ count: Int, reader: Int? = nil) {
        if count == 0 { return }
        if received == 0, isVerbose { reportFirstByte() }
        received += count
        clock?.noteReceived(sent: sent)
        progress?.tick(count)
        if policy.keepsTime { renew() }
        if isFinishing, !hasExpired { restForAWhile() }
        if reportsTransfers { reportRead(count, reader) }
    }

    /// Counts what came and went past this peer, and was told of there.
    func note(received more: Int, sent gone: Int) {
        received += more
        sent += gone
    }

    /// A whole message came, the `index`-th.
    func didReceiveMessage(_ index: Int, bytes: Int) {
        messages = index
        if isVerbose { reportMessage(index, bytes) }
    }

    // MARK: - Writing

    @inline(__always)
    func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        do throws(NetworkError) { try await connection.write(bytes) } catch {
            didWrite(error.bytesTransferred)
            throw error
        }
        didWrite(bytes.count)
    }

    func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int {
        let count = try connection.writeNow(bytes)
        didWrite(count)
        return count
    }

    func writeNow(_ chunk: borrowing Chunk) throws(NetworkError) -> Int {
        let count = try connection.writeNow(chunk)
        didWrite(count)
        return count
    }

    @inline(__always)
    func write(_ chunk: borrowing Chunk) async throws(NetworkError) {
        do throws(NetworkError) { try await connection.write(chunk) } catch {
            didWrite(error.bytesTransferred)
            throw error
        }
        didWrite(chunk.count)
    }

    func didWrite(_ count: Int) {
        if count == 0 { return }
        sent += count
        clock?.noteSent()
        progress?.tick(count)
        if policy.keepsTime { renew() }
        if reportsTransfers { reportWrite(count) }
    }

    // MARK: - The rest of a stream

    func closeWrite() throws(NetworkError) { try connection.closeWrite() }
    func close() { connection.close() }
    func reset() { connection.reset() }
    func waitUntilGone() async throws(NetworkError) { try await connection.waitUntilGone() }

    var readDeadline: Deadline? {
        get { connection.readDeadline }
        set { connection.readDeadline = newValue }
    }

    var writeDeadline: Deadline? {
        get { connection.writeDeadline }
        set { connection.writeDeadline = newValue }
    }

    var names: StreamNames { connection.names }

    /// A limit on the bytes has to see each read.
    var plainSource: PlainDescriptor? {
        guard policy.maximumBytes == nil, var plain = connection.plainSource else { return nil }
        plain.onMove = { [self] count in didRead(count) }
        plain.goesOn = { [self] error in goesOn(after: error) }
        return plain
    }

    var plainSink: PlainDescriptor? {
        guard var plain = connection.plainSink else { return nil }
        plain.onMove = { [self] count in didWrite(count) }
        return plain
    }
}
