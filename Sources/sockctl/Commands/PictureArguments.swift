/// How a probe's measurements are drawn.
struct PictureArguments: Equatable, Sendable {
    /// nil draws where a terminal shows it.
    var plots: Bool?
    var svg: Word?

    static let rows: [Row<PictureArguments>] = [
        .flag(
            "plot", into: \.plots, value: true, help: "Draw a plot even without a terminal.",
            detail: "Where standard output is a terminal it is drawn in any case."
        )
        .overriding("no-plot")
        .excludes(
            "json", reason: "'--plot' and '--json' exclude each other: JSON Lines are never mixed with text",
            hint: "'--svg FILE' draws the picture into a file"
        )
        .excludes("quiet", reason: "'--plot' and '--quiet' exclude each other: a plot is a report"),
        .flag("no-plot", into: \.plots, value: false, help: "Draw no plot.").manualOnly.overriding("plot"),
        .option(
            "svg", as: .file, into: \.svg, help: "Write the plot as an SVG picture, for a slide.",
            detail: "A file that exists is replaced."
        ).refuses(
            "-", reason: "'--svg -' would mix the picture with the reports, which have standard output",
            hint: "name a file; one that is called - is './-'"),
    ].titled("Pictures")

    /// Whether a plot is drawn among these reports.
    func draws(_ reporter: Reporter) -> Bool {
        !reporter.settings.isJSON && !reporter.settings.isQuiet && plots ?? reporter.targetTerminal.isTerminal
    }
}
