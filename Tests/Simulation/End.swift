import Glibc

/// One end of a connection, with what was done to it: what an operation on it comes to must follow from that.
@Netpoller
final class End {
    let connection: Connection
    private(set) var isClosed = false
    private(set) var hasClosedWrite = false
    /// Somebody between the two ends may give up: then bytes are lost, and connections too.
    var mayBeCut = false
    private var watches: [ObjectIdentifier: Watch] = [:]

    init(_ connection: Connection) { self.connection = connection }

    /// Two ends of a new connection. The kernel's buffers are small at times, so that writers have to wait.
    static func pair() -> (End, End) {
        var numbers: (Int32, Int32) = (-1, -1)
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let made = withUnsafeMutablePointer(to: &numbers) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) { socketpair(AF_UNIX, type, 0, $0) }
        }
        guard made == 0, numbers.1 < 64 else { found("descriptors are left open: the next is \(numbers.1)") }
        // TCP's reads take a short one for the last; those of Unix sockets ask again. The kernel's part is the same.
        let network: Network = chance.oneIn(2) ? .tcp : .unix
        return (make(numbers.0, network), make(numbers.1, network))
    }

    private static func make(_ number: Int32, _ network: Network) -> End {
        var size = Int32(chance.pick([1, 5_000, 20_000, 200_000]))
        setsockopt(number, SOL_SOCKET, SO_SNDBUF, &size, 4)
        do throws(Errno) {
            let descriptor = try PolledDescriptor(adopting: FileDescriptor(adopting: number))
            return End(Connection(descriptor, network, local: .unix(.unnamed), remote: .unix(.unnamed)))
        } catch {
            found("a socket cannot be watched: \(error)")
        }
    }

    /// For a report.
    var report: String {
        let descriptor = connection.descriptor
        let waits = watches.values.map { "\($0.side)" }.sorted().joined(separator: "+")
        return "[waits: \(waits); ready: \(descriptor.isReady(.read)) \(descriptor.isReady(.write)); "
            + "closed: \(isClosed) \(hasClosedWrite); \(connection.network)]"
    }

    // MARK: - What is done to it

    func close() {
        isClosed = true
        connection.close()
    }

    func closeWrite() {
        guard !isClosed else { return }
        hasClosedWrite = true
        // Where the peer is gone, that is an error, and no news.
        try? connection.closeWrite()
    }

    func setDeadline(_ side: PollSide, _ moment: Deadline?) {
        connection.descriptor[deadline: side] = moment
        for watch in watches.values where watch.side == side { watch.note(moment) }
    }

    func setTimeout(_ side: PollSide, _ span: Duration?) {
        connection.descriptor[timeout: side] = span
        for watch in watches.values where watch.side == side { watch.note(timeout: span) }
    }

    // MARK: - What comes of it

    /// An operation under way, with the deadlines that it had.
    @Netpoller
    private final class Watch {
        let side: PollSide
        let start = Deadline.now
        private(set) var earliest: Deadline
        private(set) var latest: Deadline
        /// The earliest moment at which a limit of the operation's own may have ended it.
        private(set) var limit = Deadline.never

        init(_ side: PollSide, _ moment: Deadline?, timeout: Duration?) {
            self.side = side
            (earliest, latest) = (moment ?? .never, moment ?? .never)
            note(timeout: timeout)
        }

        func note(timeout: Duration?) {
            if let timeout { limit = min(limit, start + timeout) }
        }

        func note(_ moment: Deadline?) {
            earliest = min(earliest, moment ?? .never)
            latest = max(latest, moment ?? .never)
        }
    }

    /// How an operation ended.
    enum Outcome {
        case done, timeout, cancelled, closed, lost
    }

    /// Carries an operation out, and judges its end: in time, and for a reason that there was.
    func operate(
        _ side: PollSide, peer: End, _ body: @Netpoller () async throws(NetworkError) -> Void
    ) async -> (outcome: Outcome, error: NetworkError?) {
        let descriptor = connection.descriptor
        let watch = Watch(side, descriptor[deadline: side], timeout: descriptor[timeout: side])
        watches[ObjectIdentifier(watch)] = watch
        defer { watches[ObjectIdentifier(watch)] = nil }
        do throws(NetworkError) { try await body() } catch {
            let outcome = judge(error, watch, peer)
            chance.step(UInt64(10 + error.bytesTransferred))
            return (outcome, error)
        }
        checkTime(watch)
        return (.done, nil)
    }

    private func judge(_ error: NetworkError, _ watch: Watch, _ peer: End) -> Outcome {
        switch error.cause {
        case .timeout:
            let first = min(watch.earliest, watch.limit)
            if first > .now { found("a time-out came \(first - .now) early") }
            checkTime(watch)
            return .timeout
        case .cancelled:
            if !Task.isCancelled { found("an operation says that it was cancelled, and nobody did") }
            return .cancelled
        case .closed:
            if !isClosed { found("an operation says that it was closed, and nobody did") }
            return .closed
        case .system(let errno, _):
            let isLoss = errno == .brokenPipe || errno == .connectionReset
            if !isLoss || !(peer.isClosed || hasClosedWrite || mayBeCut) { found("\(error), with the peer open") }
            return .lost
        default: found("\(error)")
        }
    }

    /// The time leaps only from deadline to deadline: an operation that one of them should have ended is late by a leap.
    private func checkTime(_ watch: Watch) {
        guard watch.latest != .never else { return }
        let late = Deadline.now - max(watch.latest, watch.start)
        if late > .milliseconds(2) { found("an operation ended \(late) after its deadline") }
    }
}
