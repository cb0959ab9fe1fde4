import Testing

@testable import sockctl

/// What must hold of every row of every command.
@Suite struct TableTests {
    static let commands = Program.sockctl.commands

    @Test(arguments: commands)
    func `every name is spelled properly and means one row`(command: CommandInfo) {
        let options = command.options
        let names = options.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        let shorts = options.compactMap(\.short)
        #expect(Set(shorts).count == shorts.count)
        for name in names { #expect(name.wholeMatch(of: /[a-z][a-z0-9-]+/) != nil, "\(name)") }
        for short in shorts { #expect(short.isASCII && (short.isLetter || short.isNumber)) }
    }

    @Test func `a row that is made only when it is given is known by its name before`() {
        let made = [
            names(DialCommand.command), names(ListenCommand.command), names(ForwardCommand.command),
            names(HTTPServeCommand.command), names(HTTPGetCommand.command), names(UDPSendCommand.command),
            names(UDPReceiveCommand.command),
        ]
        #expect(made.allSatisfy { !$0.isEmpty && $0.isSubset(of: TLSArguments.furtherNames) }, "\(made)")
        #expect(made.reduce(into: []) { $0.formUnion($1) } == TLSArguments.furtherNames)
    }

    private func names<Arguments: CommandArguments>(_ command: Command<Arguments>) -> Set<String> {
        #expect(command.rows.contains { $0.info.name == command.further?.place })
        return Set((command.further?.make() ?? []).flatMap { [$0.info.name] + $0.info.aliases })
    }

    @Test(arguments: commands)
    func `options have a placeholder and flags have none`(command: CommandInfo) {
        for row in command.rows {
            #expect((row.placeholder == nil) == (row.kind == .flag), "\(row.name)")
            #expect(row.kind != .flag || row.defaultText == nil, "\(row.name)")
            #expect(!row.section.isEmpty, "\(row.name)")
        }
    }

    @Test(arguments: commands)
    func `every help is one sentence of at most sixty columns`(command: CommandInfo) {
        for row in command.rows {
            #expect(row.help.count <= 60, "\(row.name)")
            #expect(row.help.hasSuffix(".") && row.help.first?.isUppercase == true, "\(row.name)")
            #expect(!row.help.dropLast().contains(". "), "\(row.name)")
            #expect(row.detail?.hasSuffix(".") != false, "\(row.name)")
        }
    }

    @Test(arguments: commands)
    func `the common options come last`(command: CommandInfo) {
        #expect(command.sections.last == RowInfo.help.section)
        #expect(command.rows.last == .help)
    }

    @Test(arguments: commands)
    func `no foreign flag hides an option, and its advice can be followed`(command: CommandInfo) {
        let spellings =
            command.options.flatMap { row in
                [row.name] + row.aliases
            }.map { "--\($0)" } + command.options.compactMap(\.short).map { "-\($0)" }
        let known = Set(Self.commands.flatMap(\.options).map { "--\($0.name)" } + ["--version"])
        for flag in command.foreignFlags {
            #expect(Set(flag.spellings).isDisjoint(with: spellings))
            let advised = flag.advice.matches(of: /--[a-z-]+/).map { String($0.0) }
            #expect(known.isSuperset(of: advised), "\(flag.advice)")
        }
    }

    @Test func `every example is a command line that parses`() throws {
        let manuals = [Program.sockctl.manual] + Self.commands.map(\.manual)
        let lines = manuals.flatMap(\.examples).flatMap(\.lines)
        #expect(lines.count > 10)
        for line in lines {
            for call in Self.calls(in: line) where call.first == "sockctl" {
                let words = call.dropFirst().map { Word($0) }
                guard case .command(let name, let rest) = try Program.sockctl.resolve(words) else { continue }
                let command = try #require(CommandTable.command(named: name) as (any Subcommand.Type)?)
                try parse(rest, as: command)
            }
        }
    }

    /// The words of each program that a line of the shell runs, without quotes and redirections.
    private static func calls(in line: String) -> [[String]] {
        var calls: [[String]] = [[]]
        for (index, piece) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
            guard index % 2 == 0 else {
                calls[calls.count - 1].append(String(piece))
                continue
            }
            for (index, call) in piece.split(omittingEmptySubsequences: false, whereSeparator: "|;&()".contains)
                .enumerated()
            {
                if index > 0 { calls.append([]) }
                let words = call.split(separator: " ").filter { !$0.hasPrefix("<") && !$0.hasPrefix(">") }
                calls[calls.count - 1] += words.map(String.init)
            }
        }
        return calls
    }

    private func parse<Known: Subcommand>(_ words: [Word], as command: Known.Type) throws {
        _ = try Known.command.parse(words)
    }

    @Test func `prose mentions only options that exist`() {
        for command in Self.commands {
            let known = Set(Self.commands.flatMap(\.options).flatMap { [$0.name] + $0.aliases })
            let manual = command.manual
            let texts =
                manual.description + manual.caveats + manual.exitNotes.map(\.meaning)
                + manual.sections.flatMap(\.items).flatMap(\.texts) + command.rows.compactMap(\.detail)
            for mention in texts.flatMap({ $0.matches(of: /`--([a-z0-9-]+)/) }).map({ String($0.1) }) {
                #expect(known.contains(mention), "\(mention)")
            }
        }
    }
}

extension Manual.Item {
    fileprivate var texts: [String] {
        switch self {
        case .paragraph(let text): [text]
        case .terms(let terms): terms.map(\.meaning)
        }
    }
}

extension CommandInfo: CustomTestStringConvertible {
    public var testDescription: String { name }
}
