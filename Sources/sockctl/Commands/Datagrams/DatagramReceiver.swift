import SockKit

/// Receives datagrams: payloads to standard output, what is to be said of them to the reports.
@Netpoller
final class DatagramReceiver {
    private let socket: DatagramSocket
    private let arguments: UDPReceiveArguments
    private let output: ByteSink?
    private let copies: PayloadCopies
    private let reporter: Reporter
    private let batch: DatagramBatch
    private let answers: DatagramAnswers?
    private let progress: Progress
    private let tellsEach: Bool
    private let keepsFacts: Bool
    private var statistics = TrafficStatistics()
    private var text: [UInt8] = []
    private var received = 0
    private var bytes = 0
    private var truncated = 0
    private var knownDrops = 0
    /// Whose datagrams are taken; nil is everybody's.
    var gate: Gate?

    init(
        _ socket: DatagramSocket, _ arguments: UDPReceiveArguments, _ output: ByteSink?, _ copies: PayloadCopies,
        _ reporter: Reporter
    ) throws(NetworkError) {
        self.socket = socket
        self.arguments = arguments
        self.output = output
        self.copies = copies
        self.reporter = reporter
        let tellsEach = reporter.isReported(.verbose)
        self.tellsEach = tellsEach
        keepsFacts = tellsEach || arguments.hasStatistics
        if keepsFacts { socket.receiveFacts() }
        answers = try arguments.reply.map { (reply) throws(NetworkError) in
            try DatagramAnswers(reply, socket, tellsEach ? reporter : nil, failures: reporter)
        }
        // A run that the kernel drops counts as one datagram and comes at one moment: only where neither is looked at.
        let isPlain = !keepsFacts && answers == nil && arguments.firstReadDelay == nil
        let coalesces = isPlain && arguments.buffer >= 65535 && socket.coalesceRuns()
        batch = DatagramBatch(
            room: arguments.buffer, hasControl: keepsFacts || answers?.needsControl == true, coalesced: coalesces)
        progress = Progress(reporter, sharesTerminal: output?.isTerminal ?? false)
        progress.begin()
    }

    /// Runs until `--count` have come, an error, or the task's cancellation.
    func run() async -> ExitStatus {
        let status = await receive()
        progress.finish()
        if let failure = copies.failure { return reporter.fail(failure) }
        return status
    }

    func reportProgress() {
        reporter.report(
            SummaryEvent(measures: [Measure("received", .count(received)), Measure("bytes", .bytes(bytes))]))
    }

    private func receive() async -> ExitStatus {
        do throws(NetworkError) {
            if let delay = arguments.firstReadDelay, !(await Netpoller.sleep(for: delay)) { return .success }
            socket.readDeadline = arguments.timeout.map { .now + $0 }
            while arguments.count.map({ received < $0 }) ?? true, copies.failure == nil {
                try await socket.receive(into: batch, limit: arguments.count.map { $0 - received } ?? .max)
                if let gate { batch.keep { gate.takes(from: $0) } }
                let hasCome = batch.count > 0
                try await take(min(batch.count, (arguments.count ?? .max) - received))
                // What is turned away puts nothing off, and waiting for who reads the output is no silence of the senders.
                if hasCome { socket.readDeadline = arguments.timeout.map { .now + $0 } }
                await Task.yield()
            }
            return .success
        } catch {
            if error.isOutputGone || error.isClosed || error.cause == .cancelled { return .success }
            if error.isTimeout {
                return reporter.fail(
                    NetworkError(
                        .read, network: socket.network, local: socket.localEndpoint,
                        cause: .noAnswer("no datagram came in time")))
            }
            return reporter.fail(error)
        }
    }

    // MARK: - A batch

    private func take(_ count: Int) async throws(NetworkError) {
        let before = bytes
        for index in 0..<count { note(index) }
        progress.tick(bytes - before)
        if tellsEach {
            // A report stands before its payload, also where both go to one terminal.
            for index in 0..<count {
                report(index)
                try await write(index..<index + 1)
            }
        } else {
            try await write(0..<count)
        }
        await answers?.answer(batch, count)
    }

    private func note(_ index: Int) {
        received += 1
        bytes += batch.byteCount(of: index)
        if batch.length(of: index) > arguments.buffer {
            truncated += 1
            if !tellsEach {
                reporter.report(
                    MessageCutEvent(
                        bytes: batch.byteCount(of: index), length: batch.length(of: index),
                        source: batch.source(of: index)))
            }
        }
        if copies.isWanted { batch.withPayload(of: index) { copies.see($0, .received) } }
        if arguments.hasStatistics { measure(index) }
    }

    private func measure(_ index: Int) {
        let arrival = batch.control(of: index).arrived ?? Timestamp.now.total
        let source = batch.source(of: index)
        let payload = batch.withPayload(of: index) { GeneratedPayload($0) }
        let gap = statistics.take(payload, bytes: batch.length(of: index), from: source, at: arrival)
        if let gap, tellsEach {
            let ends = Ends(socket.network, local: socket.localEndpoint, remote: source)
            reporter.report(GapEvent(ends: ends, from: gap.from, count: gap.count))
        }
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

    private func write(_ range: Range<Int>) async throws(NetworkError) {
        guard let output else { return }
        text.removeAll(keepingCapacity: true)
        batch.appendPayloads(range, separator: arguments.separator, to: &text)
        let payload = text
        try await output.write(payload.span)
    }

    // MARK: - The end

    /// The last reports: what the kernel dropped, the last datagrams included, and the summary where it is asked for.
    func summarize() {
        let drops = socket.drops
        if let drops, drops > knownDrops {
            let ends = Ends(socket.network, local: socket.localEndpoint)
            reporter.report(DroppedEvent(ends: ends, count: drops - knownDrops, buffer: socket.bufferSizes?.receive))
        }
        if let count = answers?.droppedSilently, count > 0 {
            let replies = count == 1 ? "1 more reply was" : "\(count) more replies were"
            reporter.fail(code: "would_block", message: "\(replies) dropped: who had asked did not read")
        }
        guard tellsEach || arguments.hasStatistics else { return }
        var measures = [
            Measure("received", .count(received)), Measure("bytes", .bytes(bytes)),
            Measure("truncated", .count(truncated)), Measure("kernel_dropped", .counted(drops)),
        ]
        if let gate { measures.append(Measure("denied", .count(gate.deniedCount))) }
        if arguments.hasStatistics {
            measures += [
                Measure("lost", .counted(statistics.lost(dropped: drops))),
                Measure("duplicated", .counted(statistics.duplicated)),
                Measure("reordered", .counted(statistics.reordered)),
                Measure("jitter", statistics.jitter.map { .duration($0) } ?? .nothing),
                Measure("rate", statistics.rate.map { .rate($0) } ?? .nothing),
            ]
        }
        reporter.report(SummaryEvent(measures: measures))
    }
}
