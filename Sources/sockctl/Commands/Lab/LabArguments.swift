/// What `lab` takes.
struct LabArguments: Equatable, Sendable {
    var given = Given()
    var names: [Word] = []
    var isWhole = false
    var checks = false
    var showsCommands = false
    var showsUncovered = false
    var isStepped = false
    var isSlow = false
    var svg: Word?
    var html: Word?
    var common = CommonArguments()

    static let rows: [Row<LabArguments>] =
        [
            .positional(
                "name", 0...Int.max, completion: .words(Course.names), into: \.names,
                help: "The experiments to run; without any, the course is listed.")
        ] + running.titled("Running") + showing.titled("Showing") + CommonArguments.rows.lifted(through: \.common)

    private static let running: [Row<LabArguments>] = [
        .flag("all", into: \.isWhole, help: "Run the whole course.")
            .excludes("name", reason: "'--all' runs every experiment: leave out the name, or '--all'"),
        .flag(
            "check", into: \.checks, help: "Say the verdicts only.",
            detail:
                "The status is 1 if any expectation is not met, with this option or without. Alone, it is about the whole course."
        ),
        .flag(
            "step", into: \.isStepped, help: "Wait for Enter before each step, saying what comes.",
            detail: "For a demonstration in front of people. The clock of the timeline stands meanwhile."
        )
        .excludes(
            "check", "json", "html", "svg", reason: "'--step' waits for somebody who reads along, '{other}' has none"),
        .flag(
            "slow", into: \.isSlow, help: "Take the documents' own seconds instead of shortened ones."),
    ]

    private static let showing: [Row<LabArguments>] = [
        .flag(
            "commands", into: \.showsCommands, help: "Show the same as commands to type, and run nothing.",
            detail: "Each line is `N$ COMMAND`: N is the terminal, and they are in the order of typing."
        )
        .excludes(
            "check", "json", "html", "svg", "step", "slow",
            reason: "'--commands' runs nothing, so '{other}' has nothing to do"),
        .flag(
            "uncovered", into: \.showsUncovered, help: "List the behaviours that no experiment shows, and why."
        )
        .excludes(
            "name", "all", "check", "commands", "html", "svg", "step", "slow", "json",
            reason: "'--uncovered' is a plain list of the whole course: it takes nothing else"),
        .option(
            "svg", as: .file, into: \.svg, help: "Write the timeline as an SVG sequence diagram, for a slide.",
            detail: "A file that exists is replaced. It takes the name of one experiment."
        )
        .excludes(
            "all", reason: "'--svg' draws one experiment: name it, in place of '--all'",
            hint: "'--html FILE' has all timelines on one page"
        )
        .refuses(
            "-", reason: "'--svg -' would mix the picture with the reports, which have standard output",
            hint: "name a file; one that is called - is './-'"),
        .option(
            "html", as: .file, into: \.html, help: "Write the course as one page that needs nothing else.",
            detail: """
                With what this machine just measured: text, commands, timelines and verdicts. Alone, it is about the \
                whole course. A file that exists is replaced.
                """
        )
        .refuses(
            "-", reason: "'--html -' would mix the page with the reports, which have standard output",
            hint: "name a file; one that is called - is './-'"),
    ]
}

extension LabArguments: RunArguments {
    var reportTarget: ReporterSettings.Target { .standardOutput }

    /// Whether the whole course is meant.
    var meansAll: Bool { isWhole || names.isEmpty && (checks || html != nil) }
}
