import SockKit
import Synchronization

/// How much is said, how, and where.
struct ReporterSettings: Sendable {
    enum Target: Sendable {
        case standardError, standardOutput
    }

    /// How many `-v` there were.
    var verbosity = 0
    var isJSON = false
    /// JSON says no more than text would.
    var isTerse = false
    var isQuiet = false
    var isTracing = false
    /// An option is about single reads or writes: `-v` shows them.
    var showsTransfers = false
    var hasTimestamps = false
    var color = ColorMode.auto
    /// Show progress even without a terminal.
    var showsProgress = false
    /// The command that starts what a refused dial would have found, for hints.
    var serverCommand = "listen"
    /// What people are told instead of the events' own texts; JSON is as ever.
    var wording: (any Wording)?
    /// Where reports go; errors and traces go to standard error all the same.
    var target = Target.standardError
}

/// The one that writes reports: takes events, from any thread, and says what is to be said of them.
final class Reporter: Sendable {
    let settings: ReporterSettings
    /// Standard error, as text for people sees it.
    let errorTerminal: Terminal
    /// Where reports go, as text for people sees it.
    let targetTerminal: Terminal
    private let errors: LineSink
    private let target: LineSink
    private let start: Deadline
    private let fold = Lock(FailureFold())
    /// What was to be written besides and could not be.
    let unwritten = UnwrittenFiles()
    /// Reports that are a command's output, and a program's input, are written several at a time.
    private let gathers: Bool

    /// So long such a report may wait for others.
    private static let patience = Duration.milliseconds(2)

    /// The program's reporter. `start` is what `elapsed` counts from.
    convenience init(_ settings: ReporterSettings, start: Deadline = .now) {
        self.init(settings, start: start, standardOutput: 1, standardError: 2)
    }

    /// A reporter that writes to any two descriptors.
    init(_ settings: ReporterSettings, start: Deadline = .now, standardOutput: Int32, standardError: Int32) {
        self.settings = settings
        self.start = start
        func sink(_ terminal: Terminal) -> LineSink {
            LineSink(terminal.descriptor, isTerminal: terminal.isTerminal) { count in
                Self.line(ReportsLostEvent(count: count), settings, terminal, since: start)
            }
        }
        let onErrors = Terminal(standardError, color: settings.color)
        errorTerminal = onErrors
        errors = sink(onErrors)
        if settings.target == .standardOutput {
            targetTerminal = Terminal(standardOutput, color: settings.color)
            target = sink(targetTerminal)
        } else {
            targetTerminal = onErrors
            target = errors
        }
        gathers = settings.isJSON && settings.target == .standardOutput && !targetTerminal.isTerminal
    }

    /// Says what is to be said of an event, whole or not at all. Never waits for who reads it, and never fails.
    @inline(never)
    func report<Reported: Event>(_ event: Reported) {
        // Before the event is put in a box: most events of a busy server are not reported.
        if isReported(Reported.level) { write(event, Reported.level) }
    }

    /// Says what the command was asked for, whatever else is to be said of it.
    func show<Reported: Event>(_ event: Reported) {
        if isReported(.always) { write(event, .always) }
    }

    /// As `report`, for one of very many that are a command's output: it is written with those that follow upon it.
    func report<Reported: Event>(ofMany event: Reported) {
        guard isReported(Reported.level) else { return }
        guard !targetTerminal.isTerminal else { return write(event, Reported.level) }
        gather(event)
    }

    private func gather(_ event: any Event) {
        let isFirst = target.gather { Self.line(event, settings, targetTerminal, since: start) }
        if isFirst { after(Self.patience) { $0.target.flush() } }
    }

    /// Says something of the command's output as a whole: where that is text, beside it, on standard error.
    func conclude<Reported: Event>(_ event: Reported, _ text: String) {
        if settings.isJSON { return report(event) }
        // Where another program's lines are printed there are no others.
        guard isReported(Reported.level), settings.wording == nil else { return }
        target.flush()
        put(errors) { Self.line(errorTerminal.wrap(text), settings, errorTerminal) }
    }

    @inline(never)
    private func write(_ event: any Event, _ level: EventLevel) {
        switch level {
        case .error:
            if let event = event as? FailedEvent { return write(event) }
            put(errors) { Self.line(event, settings, errorTerminal, since: start) }
        case .trace: put(errors) { Self.line(event, settings, errorTerminal, since: start) }
        case .verbose, .veryVerbose, .transfer:
            guard gathers else { fallthrough }
            gather(event)
        case .always: put(target) { Self.line(event, settings, targetTerminal, since: start) }
        }
    }

    private func write(_ event: FailedEvent) {
        if !settings.isJSON {
            let (isHidden, isFirst) = fold.withLock { $0.hides(event.failure, at: .now) }
            if isFirst { after(FailureFold.span) { $0.tell($0.fold.withLock { $0.take() }) } }
            if isHidden { return }
        }
        // What is said of failures of another kind does not end those of this one.
        tell(fold.withLock { $0.take() })
        target.flush()
        errors.write { Self.line(event, settings, errorTerminal, since: start) }
        fold.withLock { $0.begin(event.failure, at: .now) }
    }

    /// Writes a line after all that is to be said before it.
    private func put(_ sink: LineSink, _ line: () -> [UInt8]) {
        settle()
        // Both may be one terminal: the progress there is drawn again below the report.
        if sink !== errors { errors.setStatus(nil) }
        sink.write(line)
    }

    /// Writes what was kept to be said with more of its kind.
    func settle() {
        tell(fold.withLock { $0.end() })
        target.flush()
    }

    private func tell(_ folded: [FailureFold.Rest]) {
        for rest in folded {
            switch rest {
            case .one(let failure): tell(failure)
            case .more(let count, let isMixed, let one):
                if let one { tell(one) }
                let text = isMixed ? "\(count) more that failed so, not all for this reason" : "\(count) more like it"
                errors.write { Self.line(text, settings, errorTerminal) }
            }
        }
    }

    private func tell(_ failure: Failure) {
        errors.write { Self.line(FailedEvent(failure), settings, errorTerminal, since: start) }
    }

    private func after(_ span: Duration, _ action: @escaping @Sendable (Reporter) -> Void) {
        Netpoller.spawn {
            await Netpoller.sleep(for: span)
            action(self)
        }
    }

    /// Reports an error, and says how a command ends that ends with it.
    @discardableResult @inline(never)
    func fail(_ error: NetworkError, connection: Int? = nil) -> ExitStatus {
        report(FailedEvent(failure(error, connection: connection)))
        return ExitStatus(of: error)
    }

    /// An error as this command reports it.
    func failure(_ error: NetworkError, connection: Int? = nil) -> Failure {
        Failure(error, connection: connection, startedWith: settings.serverCommand)
    }

    /// Reports an error that is none of the network.
    func fail(code: String, message: String, hint: String? = nil) {
        report(FailedEvent(Failure(code: code, message: message, hint: hint)))
    }

    /// Reports a command line that is wrong.
    @discardableResult
    func fail(_ error: UsageError) -> ExitStatus {
        report(FailedEvent(Failure(error)))
        return .usage
    }

    /// Reports why a program ends without its loop, waits on this thread until that has been read, and says how it ends.
    func end(_ failure: Failure, _ status: ExitStatus) -> Int32 {
        report(FailedEvent(failure))
        while errors.isBusy { UnwatchedCalls.pause() }
        return status.code
    }

    /// Whether an event of this level would be said: for those who would have to work to make one.
    func isReported(_ level: EventLevel) -> Bool {
        switch level {
        case .error: true
        case .trace: settings.isTracing && !settings.isQuiet
        case .always: !settings.isQuiet
        case .verbose: !settings.isQuiet && (settings.verbosity > 0 || settings.isJSON && !settings.isTerse)
        case .veryVerbose: !settings.isQuiet && settings.verbosity > 1
        case .transfer: isReported(.veryVerbose) || settings.showsTransfers && isReported(.verbose)
        }
    }

    /// True once nobody reads the reports any more: a command whose output they are is done then.
    var isTargetGone: Bool { target.isGone }

    /// Why reports that are a command's output could not be written; nil if all were, or nobody wanted them.
    var outputFailure: Errno? { settings.target == .standardOutput ? target.failure : nil }

    /// True while reports wait for who reads them.
    var isTargetBusy: Bool { target.isBusy }

    /// Waits until every report has been read, or its reader has gone; signals are still heard meanwhile.
    @Netpoller
    func finish() async { _ = await finish(until: .never) }

    /// As `finish`, but for no longer; false where there was still something to read.
    @Netpoller
    func finish(until end: Deadline) async -> Bool {
        settle()
        while errors.isBusy || target.isBusy {
            guard !end.hasPassed, await Netpoller.sleep(for: .milliseconds(5)) else { return false }
        }
        return true
    }

    /// Shows a line that is rewritten in place on standard error; nil removes it.
    func setStatus(_ text: String?) { errors.setStatus(text.map(errorTerminal.spell)) }

    /// Writes a line of text that is no event: progress, where no terminal shows it. Nothing where reports are JSON.
    func writeProgressLine(_ text: String) {
        guard !settings.isJSON else { return }
        put(errors) { Self.line(text, settings, errorTerminal) }
    }

    /// Writes text for people that is no event, among the reports; nothing where these are JSON.
    ///
    /// A picture has its own width: no time stands before its lines.
    func tell(_ text: String, isPicture: Bool = false) {
        guard !settings.isQuiet, !settings.isJSON else { return }
        put(target) {
            isPicture
                ? Array("\(targetTerminal.spell(text))\n".utf8) : Self.line(text, settings, targetTerminal)
        }
    }

    /// Writes whole lines that are no event: a hex dump among the reports.
    func writeLines(_ lines: [UInt8]) {
        put(errors) { lines }
    }

    // MARK: - Lines

    private static func line(
        _ event: any Event, _ settings: ReporterSettings, _ terminal: Terminal, since start: Deadline
    ) -> [UInt8] {
        if settings.isJSON { return json(event, since: start) }
        guard let wording = settings.wording else { return line(event.text(on: terminal), settings, terminal) }
        return wording.text(of: event, on: terminal).map { line($0, settings, terminal) } ?? []
    }

    /// The event's object as a line, whatever form reports have.
    func json(_ event: any Event) -> [UInt8] { Self.json(event, since: start) }

    private static func json(_ event: any Event, since start: Deadline) -> [UInt8] {
        let common: [JSONValue.Member] = [
            .init("event", .string(type(of: event).name)), .init("time", .string(Timestamp.now.rfc3339)),
            .init("elapsed", .seconds(.now - start)),
        ]
        // A summary may have an `elapsed` of its own, and then means that.
        let own = event.members
        let members = common.filter { member in !own.contains { $0.name == member.name } } + own
        return Array("\(JSONValue.object(members).text)\n".utf8)
    }

    private static func line(_ text: String, _ settings: ReporterSettings, _ terminal: Terminal) -> [UInt8] {
        let text = terminal.spell(text)
        guard settings.hasTimestamps else { return Array("\(text)\n".utf8) }
        let time = terminal.paint(Timestamp.now.timeOfDay, .dim)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { "\(time) \($0)\n" }
        return Array(lines.joined().utf8)
    }
}
