/// How a probe's measurements are drawn.
struct PictureArguments: Equatable, Sendable {
    /// nil draws where a terminal shows it.
    var plots: Bool?
    var svg: String?

    static let rows: [Row<PictureArguments>] = [
        .flag(
            "plot", into: \.plots, value: true, help: "Draw a plot even without a terminal.",
            detail: "Where standard output is a terminal it is drawn in any case."),
        .flag("no-plot", into: \.plots, value: false, help: "Draw no plot.").manualOnly,
        .option(
            "svg", as: .file, into: \.svg, help: "Write the plot as an SVG picture, for a slide.",
            detail: "A file that exists is replaced."),
    ].titled("Pictures")

    func validate(_ common: CommonArguments) throws(UsageError) {
        if svg == "-" {
            throw UsageError(
                "'--svg -' would mix the picture with the reports, which have standard output",
                hint: "name a file; one that is called - is './-'")
        }
        guard plots == true else { return }
        if common.isJSON {
            throw UsageError(
                "'--plot' and '--json' exclude each other: JSON Lines are never mixed with text",
                hint: "'--svg FILE' draws the picture into a file")
        }
        if common.isQuiet { throw UsageError("'--plot' and '--quiet' exclude each other: a plot is a report") }
    }

    /// Whether a plot is drawn among these reports.
    func draws(_ reporter: Reporter) -> Bool {
        !reporter.settings.isJSON && !reporter.settings.isQuiet && plots ?? reporter.targetTerminal.isTerminal
    }
}
