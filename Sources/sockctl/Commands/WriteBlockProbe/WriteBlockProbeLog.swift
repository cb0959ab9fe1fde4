import SockKit

/// Reports what a write-block probe tells; writes that are alike are folded for people.
@Netpoller
final class WriteBlockProbeLog {
    private let reporter: Reporter
    private let network: Network
    private let progress: Progress
    /// Whether every read of the peer's is worth a line.
    private let showsReads: Bool
    private var ends: Ends
    /// Called once nobody reads the reports any more.
    var onGone: (@Netpoller () -> Void)?
    /// The lines of a kind that was last said, and how many of them were not.
    private var shown = 0
    private var folded = 0
    private var size = 0
    private var total = 0

    /// So many lines that are alike are said, as the documents show them.
    private static let longestRun = 100

    init(_ reporter: Reporter, _ network: Network, showsReads: Bool) {
        self.showsReads = showsReads
        self.reporter = reporter
        self.network = network
        ends = Ends(network)
        progress = Progress(reporter)
    }

    func take(_ event: WriteBlockEvent) {
        if reporter.isTargetGone { onGone?() }
        switch event {
        case .connected(let setup):
            ends = Ends(network, local: setup.local, remote: setup.remote)
            say(event)
        case .wrote(let write):
            progress.tick(write.bytes)
            take(write, event)
        case .peerRead(let read):
            // A reader that never waits is folded as the writer is.
            if reporter.settings.isJSON || showsReads || read.ledger != nil || read.index <= 3 { say(event) }
        case .blocked(let block): say(event, from: block.writer)
        case .unblocked(let unblock): say(event, from: unblock.writer)
        case .peerEnded: say(event)
        }
    }

    private func take(_ write: WriteBlockEvent.Write, _ event: WriteBlockEvent) {
        guard !reporter.settings.isJSON, write.error == nil else { return say(event, from: write.writer) }
        // Of the other side's writes people are told how they end.
        guard write.writer == .probe else { return }
        if write.bytes != size || folded == 0 && shown == 0 {
            flush()
            (shown, size) = (0, write.bytes)
        }
        total = write.total
        if shown < Self.longestRun {
            shown += 1
            reporter.report(.writeBlock(event, ends))
        } else {
            folded += 1
        }
    }

    private func say(_ event: WriteBlockEvent, from writer: WriteBlockEvent.Writer = .probe) {
        flush()
        // The peer's own writing has the ends the other way round.
        let ends = writer == .probe ? ends : Ends(network, local: ends.remote, remote: ends.local)
        reporter.report(.writeBlock(event, ends))
    }

    private func flush() {
        if folded > 0 { reporter.report(.wroteAlike(count: folded, bytes: size, total: total)) }
        folded = 0
    }

    func finish() {
        flush()
        progress.finish()
    }
}
