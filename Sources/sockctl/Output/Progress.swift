import SockKit

/// Shows how far a transfer is, once it has lasted a second, and wipes that away at the end.
///
/// On a terminal one line is rewritten in place; elsewhere, and only where `--progress` asks for it, there is a line a
/// second. To count is an addition: the clock is read by a task of the progress's own.
@Netpoller
final class Progress {
    private let reporter: Reporter
    private let total: Int?
    private let delay: Duration
    private var start = Deadline.now
    private var bytes = 0
    /// What was counted at the last drawings, the oldest first.
    private var samples: [(moment: Deadline, bytes: Int)] = []
    private var drawing: Task<Void, Never>?
    private let sharesTerminal: Bool

    /// The rate shown is that of so many drawings.
    private static let window = 10

    /// `total` is how much there is to transfer, where that is known.
    ///
    /// Nothing is shown with `--quiet` or `--json`; without `--progress`, nothing but on a terminal, and not if
    /// `sharesTerminal`: the payload goes to that same terminal.
    init(
        _ reporter: Reporter, total: Int? = nil, sharesTerminal: Bool = false, after delay: Duration = .seconds(1)
    ) {
        self.reporter = reporter
        self.total = total
        self.sharesTerminal = sharesTerminal
        self.delay = delay
    }

    /// Begins, or goes on after a break: what was counted counts.
    func begin() {
        let settings = reporter.settings
        guard drawing == nil, !settings.isQuiet, !settings.isJSON else { return }
        if bytes == 0 { start = .now }
        let isInPlace = reporter.errorTerminal.rewritesLines
        guard settings.showsProgress || isInPlace && !sharesTerminal else { return }
        drawing = Netpoller.spawn { [weak self, delay] in
            var pause = delay
            while await Netpoller.sleep(for: pause), !Task.isCancelled {
                // Held only while it draws: a progress that nobody keeps ends.
                guard let self else { return }
                self.draw(inPlace: isInPlace)
                pause = isInPlace ? .milliseconds(200) : .seconds(1)
            }
        }
    }

    isolated deinit { finish() }

    /// Counts bytes that have gone.
    func tick(_ count: Int) { bytes += count }

    /// Ends: the line is wiped away. Harmless twice.
    func finish() {
        guard let drawing else { return }
        drawing.cancel()
        self.drawing = nil
        if reporter.errorTerminal.rewritesLines { reporter.setStatus(nil) }
    }

    private func draw(inPlace: Bool) {
        let now = Deadline.now
        let first = samples.first ?? (start, 0)
        samples.append((now, bytes))
        if samples.count > Self.window { samples.removeFirst() }
        let line = ProgressLine(
            bytes: bytes, elapsed: now - start, total: total, recentBytes: bytes - first.bytes,
            recentTime: now - first.moment)
        if inPlace {
            // The last column is left alone: to write there makes some terminals begin a new line.
            reporter.setStatus(line.text(width: reporter.errorTerminal.columns - 1))
        } else {
            reporter.writeProgressLine(line.text(width: .max))
        }
    }
}
