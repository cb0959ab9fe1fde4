import SockKit

/// What came of datagrams, by one socket or by several: payloads to standard output, what is to be said of them to the
/// reports, and the counts of both.
@Netpoller
final class ReceivedDatagrams {
    let arguments: UDPReceiveArguments
    let reporter: Reporter
    let copies: PayloadCopies
    /// Something is said of each.
    let tellsEach: Bool
    private let output: ByteSink?
    private let progress: Progress
    private var statistics = TrafficStatistics()
    private var text: [UInt8] = []
    private var turn = Turn()
    private(set) var count = 0
    private(set) var bytes = 0
    private var truncated = 0
    /// When the last ones came.
    private(set) var lastArrival = Deadline.now

    init(_ arguments: UDPReceiveArguments, _ output: ByteSink?, _ copies: PayloadCopies, _ reporter: Reporter) {
        self.arguments = arguments
        self.output = output
        self.copies = copies
        self.reporter = reporter
        tellsEach = reporter.isReported(.verbose)
        progress = Progress(reporter, sharesTerminal: output?.isTerminal ?? false)
        progress.begin()
    }

    /// How many more are wanted.
    var wanted: Int { copies.failure == nil ? (arguments.count ?? .max) - count : 0 }

    /// Takes the first of a batch, as many as are wanted, all in their turn: others that came by another socket stand
    /// before or behind them. Says how many those are.
    func take(
        _ batch: DatagramBatch, _ names: Ends, tell: (@Netpoller (Int) -> Void)
    ) async throws(NetworkError) -> Int {
        if copies.isWanted { await copies.waitForRoom() }
        try await takeTurn()
        defer { turn.give() }
        let taken = min(batch.count, max(0, wanted))
        let before = bytes
        for index in 0..<taken { note(index, batch, names) }
        progress.tick(bytes - before)
        if tellsEach {
            // A report stands before its payload, also where both go to one terminal.
            for index in 0..<taken {
                tell(index)
                try await write(index..<index + 1, batch)
            }
        } else {
            try await write(0..<taken, batch)
        }
        // Waiting for who reads the output is no silence of the senders.
        lastArrival = .now
        return taken
    }

    private func takeTurn() async throws(NetworkError) {
        guard turn.isHeld else {
            turn.isHeld = true
            return
        }
        guard await turn.queue().wait() == .ready else {
            throw NetworkError(.write, .standardOutput, cause: .cancelled)
        }
    }

    private func note(_ index: Int, _ batch: DatagramBatch, _ names: Ends) {
        count += 1
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
        if arguments.hasStatistics { measure(index, batch, names) }
    }

    private func measure(_ index: Int, _ batch: DatagramBatch, _ names: Ends) {
        let arrival = batch.control(of: index).arrived ?? Timestamp.now.total
        let source = batch.source(of: index)
        let payload = batch.withPayload(of: index) { GeneratedPayload($0) }
        let gap = statistics.take(payload, bytes: batch.length(of: index), from: source, at: arrival)
        if let gap, tellsEach {
            var ends = names
            ends.remote = source
            reporter.report(GapEvent(ends: ends, from: gap.from, count: gap.count))
        }
    }

    private func write(_ range: Range<Int>, _ batch: DatagramBatch) async throws(NetworkError) {
        guard let output else { return }
        text.removeAll(keepingCapacity: true)
        batch.appendPayloads(range, separator: arguments.separator, to: &text)
        let payload = text
        try await output.write(payload.span)
    }

    // MARK: - The end

    func finish() { progress.finish() }

    /// Says how much has come so far, as SIGUSR1 asks.
    func reportProgress() {
        reporter.writeProgressLine("\(Quantity.count(count, "datagram")) received, \(Quantity.bytes(bytes))")
    }

    /// The summary, where it is asked for. `drops` are the kernel's, where they can be known; `denied` are the rules', where
    /// there are any.
    func summarize(drops: Int?, denied: Int?) {
        guard tellsEach || arguments.hasStatistics else { return }
        var measures = [
            Measure("received", .count(count)), Measure("bytes", .bytes(bytes)),
            Measure("truncated", .count(truncated)), Measure("kernel_dropped", .counted(drops)),
        ]
        if let denied { measures.append(Measure("denied", .count(denied))) }
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
