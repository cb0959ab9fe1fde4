/// What every command takes: how much it says, and how.
struct CommonArguments: Equatable, Sendable {
    var verbosity = 0
    var isJSON = false
    var isTracing = false
    var hasTimestamps = false
    var color = ColorMode.auto
    var isQuiet = false
    var showsProgress = false

    static let rows: [Row<CommonArguments>] = [
        .count(
            "verbose", short: "v", into: \.verbosity, help: "Say what happens; twice: every read and write.",
            detail: "It changes what is said, never what is done nor the exit status."),
        .flag(
            "json", short: "J", into: \.isJSON, help: "Report as JSON Lines.",
            detail: """
                Every event is one object on a line of its own, as `-v` would tell them; errors, a wrong command line \
                included, are an object with the event `failed`.
                """),
        .flag(
            "trace", into: \.isTracing, help: "Show every socket system call on standard error.",
            detail: "Each with its name, decoded arguments, result and the time that it took."),
        .flag("timestamps", into: \.hasTimestamps, help: "Begin every report with the time.").manualOnly,
        .option(
            "color", aliases: ["colour"], as: .choice("WHEN"), into: \.color, help: "Colour the reports.",
            detail: "With `auto`, on a terminal only, and not if the environment has `NO_COLOR`."),
        .flag("quiet", into: \.isQuiet, help: "Report errors only.", detail: "It wins over `-v`."),
        .flag(
            "progress", into: \.showsProgress, help: "Show progress even without a terminal.",
            detail: """
                A transfer that takes over a second shows its progress where standard error is a terminal; without \
                one, this adds a line a second.
                """
        ).manualOnly
            .excludes(
                "json", reason: "'--progress' and '--json' exclude each other: JSON Lines are never mixed with text"),
    ].titled(RowInfo.help.section)

    func reporterSettings(target: ReporterSettings.Target) -> ReporterSettings {
        ReporterSettings(
            verbosity: verbosity, isJSON: isJSON, isQuiet: isQuiet, isTracing: isTracing,
            hasTimestamps: hasTimestamps, color: color, showsProgress: showsProgress, target: target)
    }
}
