import SockKit

/// Tells of experiments: to people a page each, to programs an object for each thing.
@Netpoller
final class LabNarrator {
    private let reporter: Reporter
    private let terminal: Terminal
    /// Verdicts only.
    private let checks: Bool
    private let nameWidth: Int
    /// What has happened so far in the experiment that is under way.
    var timeline = Timeline()
    /// How many rows of it have been shown.
    private var shown = 0
    private var isHeadingShown = false

    init(_ reporter: Reporter, checks: Bool, nameWidth: Int) {
        self.reporter = reporter
        terminal = reporter.targetTerminal
        self.checks = checks
        self.nameWidth = nameWidth
    }

    /// Something stands between two experiments.
    func part() { if !checks { tell("\n") } }

    func begin(_ experiment: any Experiment.Type) {
        timeline = Timeline()
        (shown, isHeadingShown) = (0, false)
        reporter.report(ExperimentEvent(experiment), unless: !reporter.settings.isJSON)
        guard !checks else { return }
        for line in lines("\(experiment.name)  \(experiment.title)") { tell(terminal.paint(line, .address)) }
        let sources = experiment.documents.map { "\($0.rawValue) \u{201c}\($0.title)\u{201d}" }
        let behaviours = experiment.covers.map(Behaviour.name).joined(separator: ", ")
        let heading = "\(Course.chapter(of: experiment).title) · \(sources.joined(separator: ", ")) · \(behaviours)"
        let source = sources.isEmpty ? heading.replacing(" ·  · ", with: " · ") : heading
        for line in lines(source) { tell(terminal.paint(line, .dim)) }
        tell("")
        if !experiment.claim.isEmpty {
            block(experiment.documents.isEmpty ? "the documents" : "document says", experiment.claim)
        }
        block("the question", experiment.question)
        tell("")
    }

    /// Shows what has been added to the timeline since the last time.
    func showNews() {
        guard !checks, !reporter.settings.isJSON else { return }
        let drawing = TimelineText(on: terminal, columns: terminal.columns)
        let rows = timeline.rows
        if !isHeadingShown { tell(drawing.heading) }
        isHeadingShown = true
        for row in rows.dropFirst(shown) { for line in drawing.lines(of: row) { tell(line) } }
        shown = rows.count
    }

    func end(_ outcome: LabOutcome) {
        timeline = outcome.timeline
        showNews()
        let events = LabEvents(outcome)
        for event in events.happened { reporter.report(event, unless: !reporter.settings.isJSON) }
        for event in events.found { reporter.report(event, unless: !reporter.settings.isJSON) }
        for event in events.verdicts { reporter.report(event, unless: !reporter.settings.isJSON) }
        reporter.report(events.ended, unless: !reporter.settings.isJSON)
        if checks { check(outcome) } else { judge(outcome) }
    }

    // MARK: - Verdicts

    private func judge(_ outcome: LabOutcome) {
        tell("")
        switch outcome.result {
        case .judged(let verdicts):
            for verdict in verdicts { tell(verdict) }
            block("remember", outcome.experiment.lesson)
        case .failed(let reason): tell(terminal.paint("failed: \(reason)", .error))
        case .notRun(let reason): tell(terminal.paint("not run: \(reason)", .tint(.orange)))
        }
    }

    private func tell(_ verdict: Verdict) {
        let expectation = verdict.expectation
        if !expectation.says.isEmpty { block("document says", expectation.says) }
        block("here", verdict.here)
        block("why", verdict.why)
        for fault in verdict.faults { block("NOT SEEN", fault, .error) }
        if verdict.isMet { block("verdict", expectation.document.sentence, expectation.document.style) }
        tell("")
    }

    /// `ok  short-read   2 of 2 expectations met   12 ms`.
    private func check(_ outcome: LabOutcome) {
        let name = outcome.experiment.name
        let padded = name + String(repeating: " ", count: max(0, nameWidth - name.count))
        let time = Quantity.duration(outcome.took)
        switch outcome.result {
        case .judged(let verdicts):
            let met = verdicts.count(where: \.isMet)
            let word = met == verdicts.count ? terminal.paint("ok      ", .good) : terminal.paint("FAILED  ", .error)
            tell("\(word)\(padded)  \(met) of \(verdicts.count) met  \(terminal.paint(time, .dim))")
            for verdict in verdicts { for fault in verdict.faults { tell("        \(fault)") } }
        case .failed(let reason): tell("\(terminal.paint("FAILED  ", .error))\(padded)  \(reason)")
        case .notRun(let reason): tell("\(terminal.paint("not run ", .tint(.orange)))\(padded)  \(reason)")
        }
    }

    func summarize(_ outcomes: [LabOutcome], in time: Duration) {
        let failed = outcomes.count { $0.isMet == false }
        let measures: [Measure] = [
            Measure("experiments", .count(outcomes.count)), Measure("met", .count(outcomes.count { $0.isMet == true })),
            Measure("failed", .count(failed)), Measure("not_run", .count(outcomes.count { $0.isMet == nil })),
            Measure("expectations", .count(outcomes.reduce(0) { $0 + $1.verdicts.count })),
            Measure("elapsed", .duration(time)),
        ]
        if !reporter.settings.isJSON { tell("") }
        reporter.report(SummaryEvent(measures: measures))
    }

    // MARK: - Text

    /// A word in the margin, and a paragraph beside it.
    private func block(_ margin: String, _ text: String, _ style: Style? = nil) {
        let width = min(terminal.isTerminal ? terminal.columns : 100, 100) - 1 - Self.margin
        let lines = Paragraph.lines(text.printable, width: width)
        for (index, line) in lines.enumerated() {
            let word = index == 0 ? margin : ""
            let indent = terminal.paint(word + String(repeating: " ", count: Self.margin - word.count), style ?? .dim)
            tell(indent + (style.map { terminal.paint(line, $0) } ?? line))
        }
    }

    /// A heading, broken where the terminal is too narrow for it.
    private func lines(_ text: String) -> [String] {
        terminal.isTerminal ? Paragraph.lines(text, width: terminal.columns - 1, hanging: 2) : [text]
    }

    private static let margin = 15

    private func tell(_ line: String) { reporter.tell(line, isPicture: true) }
}

extension Reporter {
    fileprivate func report(_ event: some Event, unless isOff: Bool) { if !isOff { report(event) } }
}

extension Expectation.Judgement {
    /// What it says of the document.
    var sentence: String {
        switch self {
        case .right: "seen, and the document is right"
        case .wrong: "seen, and the document is wrong"
        case .wrongOnLinux: "seen, and the document is wrong about Linux"
        case .elsewhere: "seen; what the document tells is another system's"
        case .outdated: "seen; the document is out of date"
        case .silent: "seen; no document speaks of it"
        }
    }

    var style: Style {
        switch self {
        case .right, .silent: .good
        case .wrong, .wrongOnLinux, .elsewhere, .outdated: .tint(.orange)
        }
    }
}
