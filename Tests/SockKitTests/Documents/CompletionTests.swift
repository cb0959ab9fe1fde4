import Testing

@testable import sockctl

@Suite struct CompletionTests {
    static let bash = BashCompletion.text(of: .sockctl)
    static let zsh = ZshCompletion.text(of: .sockctl)
    static let fish = FishCompletion.text(of: .sockctl)

    @Test(arguments: Program.sockctl.commands)
    func `every row is offered by every shell`(command: CommandInfo) throws {
        let bash = try #require(Self.bash.split(separator: "    \(command.name))\n").last?.split(separator: "\n").first)
        let zsh = try #require(
            Self.zsh.split(separator: "        \(command.name))\n").last?.split(separator: ";;").first)
        let words = bash.split(whereSeparator: { " '".contains($0) })
        for row in command.options {
            #expect(words.contains("--\(row.name)"), "\(row.name)")
            #expect(zsh.contains(try Regex("--\(row.name)=?[\\[}]")), "\(row.name)")
            let line =
                "'__fish_seen_subcommand_from \(command.name)'\(row.short.map { " -s \($0)" } ?? "") -l \(row.name) "
            #expect(Self.fish.contains(line), "\(row.name)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"].filter(Shell.has))
    func `each shell can read its script`(shell: String) async throws {
        let script = ["bash": Self.bash, "zsh": Self.zsh, "fish": Self.fish][shell] ?? ""
        let arguments = shell == "fish" ? ["-n", "/dev/stdin"] : ["-n"]
        let outcome = try await Shell.run(shell, arguments, input: script)
        #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.output)")
    }

    /// A help full of what shells take for their own.
    static let odd = Program(
        name: "odd", abstract: "Odd",
        commands: [
            Toy.command(rows: [.flag("odd", short: "o", into: \.isOpen, help: #"Don't [panic]: $x `y` \o/."#)]).info
        ],
        manual: Manual(description: []))

    @Test func `what a shell takes for its own is quoted`() throws {
        let zsh = ZshCompletion.text(of: Self.odd)
        #expect(zsh.contains(#"'(-o --odd)'{-o,--odd}'[Don'\''t \[panic\]\: $x `y` \\o/.]'"#))
        let fish = FishCompletion.text(of: Self.odd)
        #expect(fish.contains(#"-s o -l odd -d 'Don\'t [panic]: $x `y` \\o/.'"#))
    }

    static let completions: [(line: [String], words: [String])] = [
        (["sockctl", "l"], ["lab", "listen"]), (["sockctl", "help", "d"], ["dial"]),
        (["sockctl", "listen", "--ser"], ["--serve"]), (["sockctl", "listen", "--serve", "d"], ["discard"]),
        (["sockctl", "dial", "-v", "--network", "udp"], ["udp", "udp4", "udp6"]),
        (["sockctl", "listen", "--mod"], ["--mode"]), (["sockctl", "dial", "--mod"], []),
    ]

    @Test(.enabled(if: Shell.has("bash"), "needs bash"), arguments: completions)
    func `bash completes commands, options and values`(line: [String], words: [String]) async throws {
        let script = """
            \(Self.bash)
            COMP_WORDS=(\(line.map { "'\($0)'" }.joined(separator: " "))) COMP_CWORD=\(line.count - 1)
            _sockctl
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let output = try await Shell.run("bash", ["--norc"], input: script).output
        #expect(output.split(separator: "\n").map(String.init).sorted() == words)
    }

    @Test(.enabled(if: Shell.has("fish"), "needs fish"), arguments: completions)
    func `fish completes commands, options and values`(line: [String], words: [String]) async throws {
        let script = "\(Self.fish)\ncomplete -C '\(line.joined(separator: " "))'\n"
        let output = try await Shell.run("fish", ["--no-config"], input: script).output
        #expect(output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }.sorted() == words)
    }
}
