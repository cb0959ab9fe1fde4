import Testing

@testable import sockctl

@Suite struct HelpScreenTests {
    @Test func `the geometry is that of Swift's own tools`() {
        #expect(
            HelpScreen(width: 80).text(of: Toy.command.info) == """
                OVERVIEW: Play.

                USAGE: sockctl toy [options] <place>

                ARGUMENTS:
                  <place>                 Where.

                :
                  -k, --keep-open         Stay.
                  --no-quick              Be slow.
                  -v, --verbose           Talk.
                  -b, --backlog <n>       Queue. (default: 128)
                  -w, --timeout <duration>
                                          Wait.
                  -n, --name <name>       Name.
                  --color auto|always|never
                                          Colour. (default: auto)
                  --answer <text>         Answer.
                  -4, --four              Four.
                  --no-name               No name.
                  -r, --run -- <program>  Run.

                COMMON OPTIONS:
                  -h, --help              Show help information.

                  See 'man sockctl-toy' for all options and what they mean.

                """)
    }

    @Test(arguments: Program.sockctl.commands, [60, 80, 120])
    func `every shown row is there and no line is too wide`(command: CommandInfo, width: Int) {
        let text = HelpScreen(width: width).text(of: command)
        for row in command.rows where !row.isPositional {
            let isListed = text.split(separator: "\n").contains { line in
                line.split(whereSeparator: { " ,".contains($0) }).prefix(2).contains("--\(row.name)")
            }
            #expect(isListed == (row.visibility == .shown), "\(row.name)")
        }
        // A command line is not broken.
        for line in text.split(separator: "\n") where !line.contains("See 'man") && !line.hasPrefix("  sockctl ") {
            #expect(line.count <= width, "\(line)")
        }
    }

    @Test(arguments: Program.sockctl.commands)
    func `a screen has at most seventy lines, with an example`(command: CommandInfo) throws {
        let text = HelpScreen(width: 80).text(of: command)
        #expect(text.count { $0 == "\n" } <= 70)
        #expect(text.contains("\nEXAMPLE:\n  \(try #require(command.manual.examples.first?.lines.first))\n"))
    }

    @Test func `a limit by default says that it can be switched off`() {
        let text = HelpScreen(width: 120).text(of: HTTPServeCommand.info)
        #expect(text.contains("The longest content of a request: then 413. (default: 16M, or none)"))
        #expect(text.contains("(default: 64K)") && text.contains("of any size if no --max-body is given."))
    }

    @Test func `the program's help names every command`() {
        let text = HelpScreen(width: 80).text(of: .sockctl)
        for command in Program.sockctl.commands { #expect(text.contains("\n  \(command.name) ")) }
    }

    @Test func `there is no escape sequence unless asked for`() {
        #expect(!HelpScreen(width: 80).text(of: .sockctl).contains("\u{1b}"))
        #expect(HelpScreen(width: 80, isStyled: true).text(of: .sockctl).contains("\u{1b}[1mUSAGE:\u{1b}[0m"))
    }
}
