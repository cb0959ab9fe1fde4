import Testing

@testable import sockctl

@Suite struct ProgramTests {
    private static let understood: [(words: [Word], expected: Program.Request)] = [
        (["listen", "3000"], Program.Request.command("listen", ["3000"])),
        (["listen", "--help"], .command("listen", ["--help"])),
        (["help"], .help(nil)), (["help", "help"], .help(nil)), (["--help"], .help(nil)), (["-h"], .help(nil)),
        (["help", "dial"], .help("dial")), (["--help", "dial"], .help("dial")), (["-h", "dial"], .help("dial")),
        (["--version"], .version),
    ]

    @Test(arguments: understood)
    func `the first word chooses`(words: [Word], expected: Program.Request) throws {
        #expect(try Program.sockctl.resolve(words) == expected)
    }

    private static let names = Program.sockctl.commands.map(\.name).joined(separator: ", ")

    private static let refused: [(words: [Word], message: String, hint: String?)] = [
        ([], "no command", "there are \(names); see: sockctl --help"),
        (["lisen", "3000"], "unknown command 'lisen'", "did you mean 'listen'?"),
        (["help", "lisen"], "unknown command 'lisen'", "did you mean 'listen'?"),
        (["--help", "lisen"], "unknown command 'lisen'", "did you mean 'listen'?"),
        (["-h", "-h", "x"], "unexpected argument 'x'", "see: sockctl --help"),
        (["--version", "x"], "unexpected argument 'x'", "see: sockctl --help"),
        (["help", "dial", "x", "y"], "unexpected argument 'x'", "see: sockctl --help"),
        (["frobnicate"], "unknown command 'frobnicate'", "there are \(names); see: sockctl --help"),
        (["localhost", "80"], "unknown command 'localhost'", "to connect, use: sockctl dial localhost 80"),
        (["10.0.0.1:80"], "unknown command '10.0.0.1:80'", "to connect, use: sockctl dial 10.0.0.1:80"),
        (["-l", "3000"], "'-l' means nothing here; use: sockctl listen 3000", nil),
        (["-lvnp", "3000"], "'-lvnp' means nothing here; use: sockctl listen -vn 3000", nil),
        (["-l", "-p", "3000"], "'-l' means nothing here; use: sockctl listen 3000", nil),
        (["--listen", "3000"], "'--listen' means nothing here; use: sockctl listen 3000", nil),
        (["-v", "dial"], "'-v' comes before the command", "options come after it: sockctl dial -v ..."),
    ]

    @Test(arguments: refused)
    func `a first word that is no command is answered with one that is`(
        words: [Word], message: String, hint: String?
    ) {
        #expect(throws: UsageError(message, hint: hint)) { try Program.sockctl.resolve(words) }
    }

    @Test func `a call for JSON is heard before the command is known`() {
        #expect(Program.asksForJSON(["lisen", "--json"]))
        #expect(Program.asksForJSON(["-J"]))
        #expect(!Program.asksForJSON(["listen", "--", "--json"]))
    }
}
