/// How a probe's measurements are drawn.
struct PictureArguments: Equatable, Sendable {
    var plots = false
    var svg: String?

    static let rows: [Row<PictureArguments>] = [
        .flag(
            "plot", into: \.plots, help: "Draw a plot even without a terminal.",
            detail: "Where standard output is a terminal it is drawn in any case."),
        .option(
            "svg", as: .file, into: \.svg, help: "Write the plot as an SVG picture, for a slide.",
            detail: "A file that exists is replaced."),
    ].titled("Pictures")
}
