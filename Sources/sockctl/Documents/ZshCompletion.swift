/// The completion script for zsh, built on its own `_arguments`.
enum ZshCompletion {
    static func text(of program: Program) -> String {
        let described = program.commands.map { "'\(escaped($0.name)):\(quoted($0.abstract))'" } + ["'help:Show help'"]
        let cases = program.commands.map(commandCase).joined(separator: "\n")
        return """
            #compdef \(program.name)
            # zsh completion for \(program.name)
            _\(program.name)() {
                local curcontext=$curcontext state line
                local -a commands
                commands=(
                    \(described.joined(separator: "\n        "))
                )
                _arguments -C \\
                    '(- *)'{-h,--help}'[Show help.]' \\
                    '(- *)--version[Show the version.]' \\
                    '1:command:->command' \\
                    '*::argument:->argument'
                case $state in
                command) _describe command commands ;;
                argument)
                    curcontext=${curcontext%:*}-$words[1]:
                    case $words[1] in
            \(cases)
                    help) _describe command commands ;;
                    esac
                    ;;
                esac
            }
            if [[ $funcstack[1] == _\(program.name) ]]; then
                _\(program.name) "$@"
            else
                compdef _\(program.name) \(program.name)
            fi

            """
    }

    private static func commandCase(_ command: CommandInfo) -> String {
        let specs = command.rows.map { "                \(spec($0))" }.joined(separator: " \\\n")
        return """
                    \(command.name))
                        _arguments -s -S \\
            \(specs)
                        ;;
            """
    }

    private static func spec(_ row: RowInfo) -> String {
        let action = ":\(quoted(escaped(row.placeholder ?? ""))):\(action(row.completion))"
        switch row.kind {
        case .positional: return "'*\(action)'"
        case .flag, .option: break
        }
        let description = "[\(quoted(escaped(row.help)))]\(row.kind == .option ? action : "")"
        // A + lets the value follow at once or in the next word, a = also after an equals sign.
        let (plus, equals) = row.kind == .option ? ("+", "=") : ("", "")
        guard let short = row.short else {
            return row.isRepeatable
                ? "'*--\(row.name)\(equals)\(description)'" : "'--\(row.name)\(equals)\(description)'"
        }
        let exclusion = row.isRepeatable ? "'*'" : "'(-\(short) --\(row.name))'"
        return "\(exclusion){-\(short)\(plus),--\(row.name)\(equals)}'\(description)'"
    }

    private static func action(_ completion: Completion) -> String {
        switch completion {
        case .none: " "
        case .files: "_files"
        case .hosts: "_hosts"
        case .words(let words): "(\(words.joined(separator: " ")))"
        }
    }

    /// What has a meaning inside a specification of `_arguments`.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += "\\:[]".contains($1) ? "\\\($1)" : "\($1)" }
    }

    private static func quoted(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "'" ? "'\\''" : "\($1)" }
    }
}
