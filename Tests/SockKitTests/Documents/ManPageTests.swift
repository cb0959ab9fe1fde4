import Testing

@testable import sockctl

@Suite struct ManPageTests {
    static let page = ManPage(date: "November 21, 2026")

    @Test(arguments: Program.sockctl.commands)
    func `every row is described`(command: CommandInfo) {
        let text = Self.page.text(of: command, in: .sockctl)
        for row in command.options {
            let short = row.short.map { "Fl \($0) , " } ?? ""
            let value = row.placeholder.map { " Ar \($0)" } ?? ""
            let rest = row.takesRest ? " No -- Ar PROGRAM ..." : ""
            #expect(text.contains("\n.It \(short)Fl -\(row.name)\(value)\(rest)\n"), "\(row.name)")
        }
    }

    @Test(.enabled(if: Shell.has("mandoc"), "needs mandoc"))
    func `mandoc finds nothing to complain about`() async throws {
        let pages =
            [Self.page.text(of: .sockctl)] + Program.sockctl.commands.map { Self.page.text(of: $0, in: .sockctl) }
        for page in pages {
            let outcome = try await Shell.run("mandoc", ["-Tlint", "-W", "warning"], input: page)
            #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.output)")
        }
    }

    @Test(arguments: [
        ("A `--flag` is typed.", "A \\fB\\-\\-flag\\fR is typed."), ("One. Two.", "One.\nTwo."), (".dot", "\\&.dot"),
        ("'quote'", "\\&'quote'"), ("a\\nb", "a\\enb"), ("`.x'`", "\\fB.x\\(aq\\fR"),
    ])
    func `prose has nothing that the formatter would take for its own`(text: String, expected: String) {
        #expect(Mdoc.prose(text) == expected)
    }
}
