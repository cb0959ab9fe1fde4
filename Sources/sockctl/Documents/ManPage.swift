/// The manual pages, in mdoc(7).
struct ManPage {
    /// The page's date as manual pages write it: `November 21, 2026`.
    let date: String

    /// The overview of the program, `sockctl(1)`.
    func text(of program: Program) -> String {
        let commands = program.commands.map { command in
            ".It Xr \(program.name)-\(command.name) 1\n\(command.abstract)."
        }
        let synopsis = [
            ".Nm", ".Ar command", ".Op Ar options", ".Op Ar address ...", ".Nm", ".Cm help", ".Op Ar command", ".Nm",
            ".Fl -version",
        ]
        return page(
            program.name, abstract: program.abstract, synopsis: synopsis, manual: program.manual,
            middle: section("COMMANDS", list("16n", commands)) + section("OPTIONS", common(of: program)))
    }

    /// The page of one command, `sockctl-NAME(1)`.
    func text(of command: CommandInfo, in program: Program) -> String {
        let name = "\(program.name)-\(command.name)"
        let arguments = command.positionals.flatMap(synopsis)
        let synopsis = [".Nm \(program.name) \(command.name)", ".Op Ar options"] + arguments
        return page(
            name, abstract: command.abstract, synopsis: synopsis, manual: command.manual,
            middle: section("OPTIONS", options(of: command)))
    }

    private func page(
        _ name: String, abstract: String, synopsis: [String], manual: Manual, middle: [String]
    ) -> String {
        var lines = [".Dd \(date)", ".Dt \(name.uppercased()) 1", ".Os"]
        lines += section("NAME", [".Nm \(name)", ".Nd \(Mdoc.prose(lowercasedFirst(abstract)))"])
        lines += section("SYNOPSIS", synopsis)
        lines += section("DESCRIPTION", paragraphs(manual.description))
        lines += middle
        lines += manual.sections.flatMap { section($0.title, $0.items.flatMap(item)) }
        let statuses = manual.exitNotes.map { ".It \(Mdoc.argument($0.status))\n\(Mdoc.prose($0.meaning))" }
        lines += section("EXIT STATUS", statuses.isEmpty ? [] : list("128+n", statuses))
        lines += section("EXAMPLES", paragraphs(manual.examples.map(example), asIs: true))
        lines += section("SEE ALSO", references(manual.seeAlso))
        lines += section("CAVEATS", paragraphs(manual.caveats))
        return lines.joined(separator: "\n") + "\n"
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [".Sh \(title)"] + lines
    }

    private func paragraphs(_ texts: [String], asIs: Bool = false) -> [String] {
        Array(texts.map { [asIs ? $0 : Mdoc.prose($0)] }.joined(separator: [".Pp"]))
    }

    private func list(_ width: String, _ items: [String]) -> [String] {
        [".Bl -tag -width \(width)"] + items + [".El"]
    }

    private func item(_ item: Manual.Item) -> [String] {
        switch item {
        case .paragraph(let text): [Mdoc.prose(text)]
        case .terms(let terms): list("Ds", terms.map { ".It \(Mdoc.argument($0.term))\n\(Mdoc.prose($0.meaning))" })
        }
    }

    private func example(_ example: Manual.Example) -> String {
        ([Mdoc.prose(example.shows), ".Bd -literal -offset indent"] + example.lines.map { Mdoc.line("$ \($0)") } + [
            ".Ed"
        ])
        .joined(separator: "\n")
    }

    /// Sorted as mandoc wants them: by section, then by name; all but the last followed by a comma. RFCs are no pages.
    private func references(_ names: [String]) -> [String] {
        let reports = names.filter { $0.hasPrefix("RFC ") }
        let pages = names.filter { !reports.contains($0) }.map { name -> (section: Substring, name: Substring) in
            let parts = name.split { "()".contains($0) }
            return (parts.count == 2 ? parts[1] : "1", parts[0])
        }
        let lines = pages.sorted { $0 < $1 }.map { ".Xr \($0.name) \($0.section)" }
        return lines.dropLast().map { "\($0) ," } + lines.suffix(1)
            + reports.flatMap { [".Rs", ".%R \($0)", ".Re"] }
    }

    private func lowercasedFirst(_ text: String) -> String { "\(text.prefix(1).lowercased())\(text.dropFirst())" }
}

extension ManPage {
    private func options(of command: CommandInfo) -> [String] {
        let positionals = command.positionals
        let arguments = positionals.isEmpty ? [] : [".Ss Arguments"] + list("Ds", positionals.map(entry))
        return arguments
            + command.sections.flatMap { title -> [String] in
                let rows = command.options.filter { $0.section == title }
                return rows.isEmpty ? [] : [".Ss \(title)"] + list("Ds", rows.map(entry))
            }
    }

    private func common(of program: Program) -> [String] {
        let rows = program.commands.first?.options.filter { $0.section == RowInfo.help.section } ?? []
        let version = RowInfo(kind: .flag, name: "version", help: "Show the version of the program.")
        return [Mdoc.prose("These are common to all commands; `--version` stands alone.")]
            + list("Ds", (rows + [version]).map(entry))
    }

    private func entry(_ row: RowInfo) -> String {
        let aliases = row.aliases.map { "`--\($0)`" }.joined(separator: " and ")
        let sentences = [
            row.help, row.detail, row.defaultText.map { "The default is `\($0)`." },
            row.isRepeatable && row.kind == .option ? "It may be given several times." : nil,
            aliases.isEmpty ? nil : "It is also known as \(aliases).",
        ]
        return ".It \(term(row))\n" + Mdoc.prose(sentences.compactMap { $0 }.joined(separator: " "))
    }

    private func term(_ row: RowInfo) -> String {
        let value = row.placeholder.map { " Ar \(Mdoc.argument($0))" } ?? ""
        if row.isPositional { return String(value.dropFirst()) }
        let rest = row.takesRest ? " No -- Ar PROGRAM ..." : ""
        return (row.short.map { "Fl \($0) , " } ?? "") + "Fl -\(row.name)\(value)\(rest)"
    }

    private func synopsis(_ row: RowInfo) -> [String] {
        let name = Mdoc.argument(row.placeholder ?? row.name)
        switch row.kind {
        case .positional(let count) where count.lowerBound > 0: return [".Ar \(name)"]
        case .positional(let count): return [".Op Ar \(name)" + (count.upperBound == .max ? " ..." : "")]
        case .flag, .option: return []
        }
    }
}
