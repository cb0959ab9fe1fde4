import SockKit

/// Where an experiment takes place: its sides, its clock, and what has been seen so far.
@Netpoller
final class Stage {
    /// What the experiment is asked to do besides happening.
    struct Settings: Sendable {
        /// The documents' own seconds instead of shortened ones.
        var isSlow = false
        /// The longest that it may take where nobody turns the pages: more is a failure of its own. Nil is what it is worth.
        var limit: Duration?
        /// Called before each step; in front of people it waits for Enter.
        var beforeStep: (@Netpoller @Sendable (_ title: String) async -> Void)?
        /// Told whenever something has been added to the timeline.
        var onChange: (@Netpoller @Sendable (Timeline) -> Void)?
    }

    let settings: Settings
    private(set) var timeline = Timeline()
    private(set) var findings = Findings()
    private(set) lazy var client = Party(.client, nil, on: self)
    private(set) lazy var server = Party(.server, nil, on: self)
    private(set) lazy var kernel = Kernel(self)
    /// Left open by the experiment: closed when it is over.
    private var leavings: [() -> Void] = []
    private let start = Deadline.now
    /// How long the clock stood while somebody read.
    private var standing = Duration.zero
    /// Since when it stands: somebody reads.
    private var stopped: Deadline?

    init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// The time since the beginning, as the timeline shows it.
    var now: Duration { ((stopped ?? Deadline.now) - start) - standing }

    /// Another client or server beside the first.
    func another(_ lane: Timeline.Lane, _ label: String) -> Party { Party(lane, label, on: self) }

    /// Begins a part of the experiment, of which the title says what is done.
    func step(_ title: String) async {
        if let beforeStep = settings.beforeStep {
            let before = Deadline.now
            stopped = before
            await beforeStep(title)
            standing += .now - before
            stopped = nil
        }
        timeline.begin(step: title, at: now)
    }

    /// Keeps something that was found out.
    func found(_ name: String, _ value: Measured) { findings[name] = value }

    /// The short span, or with `--slow` the document's own.
    func span(_ short: Duration, document: Duration) -> Duration { settings.isSlow ? document : short }

    /// Lets time pass.
    func pause(_ span: Duration) async { await Netpoller.sleep(for: span) }

    /// Waits until something is so, and says whether it came to be in time.
    func until(within span: Duration = .seconds(5), _ isSo: @Netpoller () -> Bool) async -> Bool {
        let deadline = Deadline.now + span
        while !isSo() {
            guard !deadline.hasPassed, await Netpoller.sleep(for: .milliseconds(1)) else { return isSo() }
        }
        return true
    }

    /// Starts something that goes on beside what follows, as Go's `go` does.
    func go<Value: Sendable>(_ body: @escaping @Netpoller @Sendable () async -> Value) -> Going<Value> {
        let task = Netpoller.spawn { await body() }
        leavings.append { task.cancel() }
        return Going(task: task)
    }

    /// The error with which something failed; nil if it did not.
    func failure<Value>(
        of body: @Netpoller () async throws(Interruption) -> Value
    ) async throws(Interruption) -> NetworkError? {
        do throws(Interruption) {
            _ = try await body()
            return nil
        } catch {
            guard case .failure(let cause) = error else { throw error }
            return cause
        }
    }

    /// Ends the experiment where the machine or the user lacks what it needs: `reason` is a sentence.
    func require(_ isThere: Bool, else reason: String) throws(Interruption) {
        if !isThere { throw .notRun(reason) }
    }

    /// Has something closed when the experiment is over.
    func atEnd(_ action: @escaping () -> Void) { leavings.append(action) }

    func clearAway() {
        for leaving in leavings.reversed() { leaving() }
        leavings = []
    }

    // MARK: - The timeline

    func begin(_ lane: Timeline.Lane, _ text: String) -> Timeline.Place {
        timeline.add(Timeline.Entry(lane: lane, kind: .call, text: text, start: now))
    }

    func finish(_ place: Timeline.Place, _ result: String, failed: Bool = false) {
        timeline.finish(place, at: now, result, failed: failed)
        settings.onChange?(timeline)
    }

    func note(_ lane: Timeline.Lane, _ kind: Timeline.Entry.Kind, _ text: String, source: String? = nil) {
        let time = now
        _ = timeline.add(Timeline.Entry(lane: lane, kind: kind, text: text, start: time, end: time, source: source))
        settings.onChange?(timeline)
    }
}

/// Something that goes on beside what follows.
struct Going<Value: Sendable>: Sendable {
    fileprivate let task: Task<Value, Never>

    /// What came of it, once it is over.
    @Netpoller
    var value: Value {
        get async { await Netpoller.join(task) }
    }

    func cancel() { task.cancel() }
}
