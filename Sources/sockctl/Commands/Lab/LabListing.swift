import SockKit

/// What `lab` says without running anything.
@Netpoller
struct LabListing {
    private let reporter: Reporter
    private let terminal: Terminal

    init(_ reporter: Reporter) {
        self.reporter = reporter
        terminal = reporter.targetTerminal
    }

    /// The course by chapter.
    func showCourse() {
        let width = (Course.names.map(\.count).max() ?? 0) + 2
        for (chapter, experiments) in Course.chapters {
            reporter.tell(terminal.paint(chapter.title, .address))
            for experiment in experiments {
                reporter.report(ExperimentEvent(experiment))
                for line in lines(of: experiment, width) { reporter.tell(line, isPicture: true) }
            }
            reporter.tell("")
        }
        reporter.tell(
            terminal.paint(
                "one of them: sockctl lab \(Course.names.first ?? "NAME"); all of them: sockctl lab --all", .hint))
    }

    /// The name and beside it the title, which is broken where the terminal is too narrow for it.
    private func lines(of experiment: any Experiment.Type, _ width: Int) -> [String] {
        let room = terminal.isTerminal ? terminal.columns - width - 3 : .max
        return Paragraph.lines(experiment.title, width: max(room, 20)).enumerated().map { index, line in
            let name = index == 0 ? experiment.name : ""
            let margin = name + String(repeating: " ", count: width - name.count)
            return "  \(terminal.paint(margin, .tint(.blue)))\(line)"
        }
    }

    /// The command lines to type, of each experiment under its name where there are several.
    func showCommands(of experiments: [any Experiment.Type]) {
        for (index, experiment) in experiments.enumerated() {
            if experiments.count > 1 {
                if index > 0 { reporter.tell("") }
                reporter.tell(terminal.paint("# \(experiment.name): \(experiment.title)", .dim))
            }
            for line in experiment.typedLines {
                reporter.tell(line.hasPrefix("$") ? "1\(line)" : line, isPicture: true)
            }
        }
    }

    func showUncovered() {
        for (behaviour, reason) in Uncovered.all { reporter.tell("\(Behaviour.name(behaviour)) \(reason)") }
    }
}

/// A behaviour of the list, by its number.
enum Behaviour {
    static let all = 1...120

    /// `B07`.
    static func name(_ number: Int) -> String { number < 10 ? "B0\(number)" : "B\(number)" }
}

extension ExperimentEvent {
    init(_ experiment: any Experiment.Type) {
        self.init(
            experiment: experiment.name, chapter: Course.chapter(of: experiment).title, title: experiment.title,
            documents: experiment.documents.map(\.rawValue), behaviours: experiment.covers.map(Behaviour.name),
            claim: experiment.claim, question: experiment.question, lesson: experiment.lesson)
    }
}
