/// The help of the program or a command, for a terminal.
///
/// The geometry is that of Swift's own tools: labels indented by two, their text in column 26, a label that is wider on
/// a line of its own.
struct HelpScreen {
    let width: Int
    /// Whether titles are bold.
    var isStyled = false

    private static let column = 26

    func text(of program: Program) -> String {
        let common = program.commands.first?.options.filter { $0.section == RowInfo.help.section } ?? []
        let version = RowInfo(kind: .flag, name: "version", help: "Show the version.")
        return [
            overview("\(program.abstract)."),
            usage("\(program.name) <command> [options] [address ...]"),
            section("Commands", program.commands.map { item($0.name, "\($0.abstract).") }),
            section("Options", ([.help, version]).map(item)),
            section(RowInfo.help.section, common.filter { $0.visibility == .shown && $0.name != "help" }.map(item)),
            "  See '\(program.name) help <command>' for one command, 'man \(program.name)' for more.\n",
        ].joined(separator: "\n")
    }

    func text(of command: CommandInfo, in program: String = "sockctl") -> String {
        let shown = command.rows.filter { $0.visibility == .shown }
        let options = command.sections.map { title in
            section(title, shown.filter { !$0.isPositional && $0.section == title }.map(item))
        }
        return
            ([
                overview("\(command.abstract)."),
                usage("\(program) \(command.name) \(command.synopsis)"),
                section("Arguments", shown.filter(\.isPositional).map(item)),
            ] + options + [
                example(command.manual.examples.first),
                "  See 'man \(program)-\(command.name)' for all options and what they mean.\n",
            ])
            .filter { !$0.isEmpty }
            .joined(separator: "\n")
    }

    private func overview(_ text: String) -> String { "\(title("Overview")) \(text)\n" }

    private func usage(_ line: String) -> String { "\(title("Usage")) \(line)\n" }

    private func section(_ name: String, _ items: [String]) -> String {
        items.isEmpty ? "" : "\(title(name))\n\(items.joined())"
    }

    private func example(_ example: Manual.Example?) -> String {
        guard let example else { return "" }
        let shows = Paragraph.indented(String(example.shows.filter { $0 != "`" }), by: 4, width: width)
        return section("Example", example.lines.map { "  \($0)\n" } + ["\(shows)\n"])
    }

    private func title(_ text: String) -> String {
        isStyled ? "\u{1b}[1m\(text.uppercased()):\u{1b}[0m" : "\(text.uppercased()):"
    }

    private func item(_ row: RowInfo) -> String {
        // What has a limit by itself may be without one.
        let off = row.offWord.map { ", or \($0)" } ?? ""
        return item(label(row), row.help + (row.defaultText.map { " (default: \($0)\(off))" } ?? ""))
    }

    private func label(_ row: RowInfo) -> String {
        if row.isPositional { return "<\(row.name)>" }
        let names = (row.short.map { "-\($0), " } ?? "") + "--\(row.name)"
        if row.takesRest { return "\(names) -- <program>" }
        return row.kind == .option ? "\(names) \(value(row))" : names
    }

    /// A few words to choose from say more than a placeholder.
    private func value(_ row: RowInfo) -> String {
        if case .words(let words) = row.completion, words.count > 1, words.joined().count <= 28,
            // A word that something must follow is only the beginning of a value.
            !words.contains(where: { $0.hasSuffix(":") })
        {
            return words.joined(separator: "|")
        }
        return "<\((row.placeholder ?? "value").lowercased())>"
    }

    private func item(_ label: String, _ help: String) -> String {
        let text = Paragraph.indented(help, by: Self.column, width: width)
        let start = "  \(label)"
        guard start.count < Self.column else { return "\(start)\n\(text)\n" }
        return start + text.dropFirst(start.count) + "\n"
    }
}
