import SockKit

/// Reports what a write-block probe sees; for people, writes of one size are folded into one line.
@Netpoller
final class WriteBlockNarrator: ProbeNarrator {
    typealias Subject = WriteBlockProbe

    private let reporter: Reporter
    private let network: Network
    private let progress: Progress
    /// Whether every read of the peer's is worth a line.
    private let showsReads: Bool
    private var ends: Ends
    var onReaderGone: (@Netpoller () -> Void)?
    /// Of the last writes of one size: how many have a line, and how many were folded.
    private var shown = 0
    private var folded = 0
    private var size = 0
    private var total = 0

    /// So many writes of one size have a line each, as the documents show them.
    private static let longestRun = 100

    init(_ reporter: Reporter, _ probe: WriteBlockProbe) {
        self.reporter = reporter
        network = probe.network
        showsReads = probe.reading?.every != nil
        ends = Ends(network)
        progress = Progress(reporter)
        progress.begin()
    }

    func take(_ event: WriteBlockEvent) {
        if reporter.isTargetGone { onReaderGone?() }
        switch event {
        case .connected(let setup):
            ends = Ends(network, local: setup.local, remote: setup.remote)
            say(ProbingEvent(ends: ends, setup: setup))
        case .wrote(let write):
            progress.tick(write.bytes)
            take(write)
        case .peerRead(let read):
            // The reads of a peer that never pauses are folded, as writes are.
            if reporter.settings.isJSON || showsReads || read.ledger != nil || read.index <= 3 {
                say(PeerReadEvent(ends: ends, read: read))
            }
        case .blocked(let block): say(BlockedEvent(ends: ends(of: block.writer), block: block))
        case .unblocked(let unblock): say(UnblockedEvent(ends: ends(of: unblock.writer), unblock: unblock))
        case .peerEnded(let ending, let ledger): say(PeerEndedEvent(ends: ends, ending: ending, ledger: ledger))
        }
    }

    private func take(_ write: WriteBlockEvent.Write) {
        let event = WroteEvent(ends: ends(of: write.writer), bytes: write.bytes, total: write.total, probed: write)
        guard !reporter.settings.isJSON, write.error == nil else { return say(event) }
        // People see only the failures of the other side's writes.
        guard write.writer == .probe else { return }
        if write.bytes != size || folded == 0 && shown == 0 {
            flush()
            (shown, size) = (0, write.bytes)
        }
        total = write.total
        if shown < Self.longestRun {
            shown += 1
            reporter.report(event)
        } else {
            folded += 1
        }
    }

    /// The peer's own writing has the ends the other way round.
    private func ends(of writer: WriteBlockEvent.Writer) -> Ends {
        writer == .probe ? ends : Ends(network, local: ends.remote, remote: ends.local)
    }

    private func say(_ event: some Event) {
        flush()
        reporter.report(event)
    }

    private func flush() {
        if folded > 0 {
            reporter.tell(
                "... and \(Quantity.count(folded, "more write")) of \(Quantity.count(size, "byte")), \(total) bytes in total"
            )
        }
        folded = 0
    }

    func finish() {
        flush()
        progress.finish()
    }
}
