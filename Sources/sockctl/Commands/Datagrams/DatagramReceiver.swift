import SockKit

/// Receives the datagrams of one socket, and answers them where that is asked for.
@Netpoller
final class DatagramReceiver {
    private let socket: DatagramSocket
    private let arguments: UDPReceiveArguments
    private let received: ReceivedDatagrams
    private let reporter: Reporter
    private let batch: DatagramBatch
    private let answers: DatagramAnswers?
    private var knownDrops = 0
    /// What this socket brought.
    private(set) var bytes = 0
    /// What was answered on it.
    var bytesAnswered: Int { answers?.bytesSent ?? 0 }
    /// Whose datagrams are taken; nil is everybody's.
    var gate: Gate?

    init(_ socket: DatagramSocket, _ received: ReceivedDatagrams) throws(NetworkError) {
        self.socket = socket
        self.received = received
        (arguments, reporter) = (received.arguments, received.reporter)
        let keepsFacts = received.tellsEach || arguments.hasStatistics
        if keepsFacts { socket.receiveFacts() }
        answers = try arguments.reply.map { [reporter] (reply) throws(NetworkError) in
            try DatagramAnswers(reply, socket, received.tellsEach ? reporter : nil, failures: reporter)
        }
        // A run that the kernel drops counts as one datagram and comes at one moment: only where neither is looked at.
        let isPlain = !keepsFacts && answers == nil && arguments.firstReadDelay == nil
        let coalesces = isPlain && arguments.buffer >= 65535 && socket.coalesceRuns()
        batch = DatagramBatch(
            capacity: socket.isSecured ? 1 : 64, room: arguments.buffer,
            hasControl: keepsFacts || answers?.needsControl == true, coalesced: coalesces)
    }

    /// Runs until as many have come as are wanted, an error, or the task's cancellation.
    func run() async -> ExitStatus {
        let status: ExitStatus
        do throws(NetworkError) {
            if let delay = arguments.firstReadDelay, !(await Netpoller.sleep(for: delay)) { return .success }
            socket.readDeadline = arguments.timeout.map { .now + $0 }
            try await receive(timeout: arguments.timeout)
            status = .success
        } catch {
            status = conclude(error)
        }
        if let failure = received.copies.failure { return reporter.fail(failure) }
        return status
    }

    private func conclude(_ error: NetworkError) -> ExitStatus {
        if error.isOutputGone || error.isClosed || error.cause == .cancelled { return .success }
        return reporter.fail(
            error.isTimeout ? .silence(socket.network, at: socket.localEndpoint) : error)
    }

    /// Takes what comes until no more is wanted. No silence is to last longer than `timeout`.
    func receive(timeout: Duration? = nil) async throws(NetworkError) {
        while received.wanted > 0 {
            try await socket.receive(into: batch, limit: received.wanted)
            if let gate { batch.keep { gate.takes(from: $0) } }
            let hasCome = batch.count > 0
            try await take()
            // What is turned away puts nothing off.
            if hasCome, let timeout { socket.readDeadline = .now + timeout }
            await Task.yield()
        }
    }

    private func take() async throws(NetworkError) {
        let names = Ends(socket.network, local: socket.localEndpoint)
        let count = try await received.take(batch, names) { index in self.report(index) }
        for index in 0..<count { bytes += batch.byteCount(of: index) }
        await answers?.answer(batch, count)
    }

    private func report(_ index: Int) {
        let ends = Ends(socket.network, local: socket.localEndpoint, remote: batch.source(of: index))
        let control = batch.control(of: index)
        let destination = control.destination.map { Endpoint.ip($0, port: socket.localEndpoint.port ?? 0) }
        if let drops = control.drops, Int(drops) > knownDrops {
            reporter.report(
                DroppedEvent(ends: ends, count: Int(drops) - knownDrops, buffer: socket.bufferSizes?.receive))
            knownDrops = Int(drops)
        }
        reporter.report(
            DatagramReceivedEvent(
                ends: ends, bytes: batch.byteCount(of: index), length: batch.length(of: index),
                timeToLive: control.timeToLive, destination: destination,
                arrived: control.arrived.map { Timestamp(since1970: $0) }))
    }

    /// Reports what the kernel dropped, the last datagrams included, and what nobody took of the answers; says the first.
    func reportDrops() -> Int? {
        let drops = socket.drops
        if let drops, drops > knownDrops {
            let ends = Ends(socket.network, local: socket.localEndpoint)
            reporter.report(DroppedEvent(ends: ends, count: drops - knownDrops, buffer: socket.bufferSizes?.receive))
        }
        if let count = answers?.droppedSilently, count > 0 {
            let replies = count == 1 ? "1 more reply was" : "\(count) more replies were"
            reporter.fail(code: "would_block", message: "\(replies) dropped: who had asked did not read")
        }
        return drops
    }
}

extension NetworkError {
    /// That nobody sent anything for as long as that was waited for.
    static func silence(_ network: Network, at endpoint: Endpoint) -> NetworkError {
        NetworkError(.read, network: network, local: endpoint, cause: .noAnswer("no datagram came in time"))
    }
}
