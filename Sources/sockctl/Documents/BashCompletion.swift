/// The completion script for bash; it needs nothing but bash.
enum BashCompletion {
    static func text(of program: Program) -> String {
        let names = program.commands.map(\.name).joined(separator: " ")
        let cases = program.commands.map(commandCase).joined(separator: "\n")
        return """
            # bash completion for \(program.name)
            _\(program.name)() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
                local options='' values='' kind=''
                COMPREPLY=()
                if [[ $COMP_CWORD -eq 1 ]]; then
                    mapfile -t COMPREPLY < <(compgen -W '\(names) help --help --version' -- "$current")
                    return
                fi
                # --name=value comes as three words.
                if [[ $current == '=' ]]; then
                    current=''
                elif [[ $previous == '=' ]]; then
                    previous=${COMP_WORDS[COMP_CWORD-2]}
                fi
                case ${COMP_WORDS[1]} in
            \(cases)
                help)
                    values='\(names)'
                    ;;
                esac
                case $kind in
                files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
                hosts) mapfile -t COMPREPLY < <(compgen -A hostname -- "$current") ;;
                words) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current") ;;
                none) ;;
                *)
                    if [[ $current == -* ]]; then
                        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
                    else
                        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
                    fi
                    ;;
                esac
            }
            complete -F _\(program.name) \(program.name)

            """
    }

    private static func commandCase(_ command: CommandInfo) -> String {
        let options = command.options
        let words = options.flatMap(names).joined(separator: " ")
        let values = options.filter { $0.kind == .option }.map { row in
            "        \(names(row).joined(separator: "|"))) \(action(row.completion)) ;;"
        }
        let loose = command.positionals.first.map { "        *) [[ $current == -* ]] || \(action($0.completion)) ;;" }
        return """
                \(command.name))
                    options='\(words)'
                    case $previous in
            \((values + (loose.map { [$0] } ?? [])).joined(separator: "\n"))
                    esac
                    ;;
            """
    }

    private static func names(_ row: RowInfo) -> [String] {
        (row.short.map { ["-\($0)"] } ?? []) + ["--\(row.name)"]
    }

    private static func action(_ completion: Completion) -> String {
        switch completion {
        case .none: "kind=none"
        case .files: "kind=files"
        case .hosts: "kind=hosts"
        case .words(let words): "kind=words values='\(words.joined(separator: " "))'"
        }
    }
}
