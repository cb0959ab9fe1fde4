import SockKit

/// Tells what a backlog probe sees as it happens: to programs event by event, to people with like events in one line.
@Netpoller
final class BacklogNarrator: ProbeNarrator {
    typealias Subject = BacklogProbe

    private let reporter: Reporter
    private let probe: BacklogProbe
    private let start = Deadline.now
    private(set) var story = BacklogStory()
    private var plan: BacklogPlan?
    private var isOpened = false
    private var group: BacklogGroup?
    private var flushing: Task<Void, Never>?
    private var status: Task<Void, Never>?
    var onReaderGone: (@Netpoller () -> Void)?

    init(_ reporter: Reporter, _ probe: BacklogProbe) {
        self.reporter = reporter
        self.probe = probe
    }

    func take(_ event: BacklogEvent) {
        if case .started(let plan) = event { begin(plan) }
        guard let plan else { return }
        if case .started = event, !plan.isOwn { return }
        sayOpening()
        story.take(event)
        report(event, plan)
        fold(event)
        if reporter.isTargetGone { onReaderGone?() }
    }

    func finish() {
        flush()
        status?.cancel()
        status = nil
        reporter.setStatus(nil)
    }

    func reportProgress() { reporter.writeProgressLine(story.progress(after: .now - start)) }

    private func begin(_ plan: BacklogPlan) {
        self.plan = plan
        let settings = reporter.settings
        guard !settings.isQuiet, !settings.isJSON else { return }
        let isInPlace = reporter.errorTerminal.isTerminal
        guard isInPlace || settings.showsProgress, status == nil else { return }
        status = Netpoller.spawn { [weak self] in
            while await Netpoller.sleep(for: isInPlace ? .milliseconds(250) : .seconds(1)), !Task.isCancelled {
                guard let self, .now - self.start >= .seconds(1) else { continue }
                let line = self.story.progress(after: .now - self.start)
                if isInPlace { self.reporter.setStatus(line) } else { self.reporter.writeProgressLine(line) }
            }
        }
    }

    /// At another program's server it waits for the first dial, which may find that nobody listens.
    private func sayOpening() {
        guard let plan, !isOpened else { return }
        isOpened = true
        tell(BacklogWording.opening(plan, probe))
        if !plan.isOwn { report(.started(plan), plan) }
        story.take(.started(plan))
    }

    /// One line, or several where a terminal would break it inside of a word.
    private func tell(_ text: String) {
        reporter.tell(reporter.targetTerminal.wrap(text))
    }

    // MARK: - Events

    private func report(_ event: BacklogEvent, _ plan: BacklogPlan) {
        // People read the lines below, with the numbers and the reasons.
        guard reporter.settings.isJSON else { return }
        func ends(_ index: Int?) -> Ends { Ends(plan.network, remote: plan.remote, connection: index) }
        switch event {
        case .started:
            if plan.isOwn {
                reporter.report(
                    ListeningEvent(ends: Ends(plan.network, local: plan.remote), backlog: plan.backlogRequested))
            }
            let timeout = plan.network.isTCP ? plan.settings.synSchedule?.timeout : nil
            reporter.report(
                QueueEvent(
                    ends: ends(nil), moment: .before, queue: plan.queue, counters: plan.counters, timeout: timeout))
        case .dialled(let dial): reporter.report(DialledEvent(ends: ends(nil), dial: dial))
        case .retransmitted(let index, let count, _):
            reporter.report(SYNRetransmittedEvent(ends: ends(index), count: count))
        case .waiting(let index, let queue):
            reporter.report(QueueEvent(ends: ends(nil), moment: .waiting, index: index, queue: queue))
        case .read(let queue, let counters):
            reporter.report(QueueEvent(ends: ends(nil), moment: .after, queue: queue, counters: counters))
        case .accepted(let accept):
            reporter.report(
                AcceptedEvent(
                    ends: Ends(plan.network, local: plan.remote, remote: accept.remote, connection: accept.index)))
        case .lost(let index, let isReset):
            reporter.report(
                ClosedEvent(
                    ends: ends(index),
                    by: isReset ? .reset : .peer, duration: story.age(of: index, at: .now - start), received: 0, sent: 0
                ))
        }
    }

    // MARK: - People

    private func fold(_ event: BacklogEvent) {
        guard !reporter.settings.isJSON, !reporter.settings.isQuiet else { return }
        if case .waiting(let index, let queue) = event {
            flush()
            tell(BacklogWording.waiting(index, queue, probe))
        }
        guard let part = BacklogGroup(event, story, isTCP: probe.network.isTCP) else { return }
        // With -v each has a line of its own.
        guard reporter.settings.verbosity == 0 else { return tell(part.text) }
        // A late dial got in because its SYN was sent again: that line can go.
        if part.kind == .late { group?.forget(part) }
        if group?.isEmpty == true { group = nil }
        if let group, group.kind == part.kind {
            self.group?.add(part)
        } else {
            flush()
            group = part
        }
        // Events of one kind that come within a blink share a line.
        flushing?.cancel()
        flushing = Netpoller.spawn { [weak self] in
            if await Netpoller.sleep(for: .milliseconds(80)), !Task.isCancelled { self?.flush() }
        }
    }

    private func flush() {
        guard let group else { return }
        self.group = nil
        tell(group.text)
    }
}
