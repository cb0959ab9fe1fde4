/// The completion script for fish: a line for every option.
enum FishCompletion {
    static func text(of program: Program) -> String {
        let name = program.name
        let names = program.commands.map(\.name).joined(separator: " ")
        let start = "__fish_is_nth_token 1"
        var lines = ["# fish completion for \(name)", "complete -c \(name) -f"]
        lines += program.commands.map { command in
            "complete -c \(name) -n '\(start)' -a \(command.name) -d \(quoted(command.abstract))"
        }
        lines.append("complete -c \(name) -n '\(start)' -a help -d 'Show help'")
        lines.append("complete -c \(name) -n '\(start)' -s h -l help -d 'Show help'")
        lines.append("complete -c \(name) -n '\(start)' -l version -d 'Show the version'")
        lines.append("complete -c \(name) -n '__fish_seen_subcommand_from help' -a '\(names)'")
        lines += program.commands.flatMap { command in
            command.rows.map { line($0, of: command, in: name) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ row: RowInfo, of command: CommandInfo, in program: String) -> String {
        let start = "complete -c \(program) -n '__fish_seen_subcommand_from \(command.name)'"
        if row.isPositional { return "\(start)\(positional(row.completion))" }
        let names = (row.short.map { " -s \($0)" } ?? "") + " -l \(row.name)"
        let value = row.kind == .option ? value(row.completion) : ""
        return "\(start)\(names)\(value) -d \(quoted(row.help))"
    }

    private static func value(_ completion: Completion) -> String {
        switch completion {
        case .none: " -x"
        case .files: " -r -F"
        case .hosts, .words: " -x\(positional(completion))"
        }
    }

    private static func positional(_ completion: Completion) -> String {
        switch completion {
        case .none: ""
        case .files: " -F"
        case .hosts: " -a '(__fish_print_hostnames)'"
        case .words(let words): " -a '\(words.joined(separator: " "))'"
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.reduce(into: "") { $0 += "\\'".contains($1) ? "\\\($1)" : "\($1)" } + "'"
    }
}
