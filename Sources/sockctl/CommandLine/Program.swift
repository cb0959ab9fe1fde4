/// The whole program as a table of commands, and the words that choose among them.
struct Program: Sendable {
    let name: String
    let abstract: String
    let commands: [CommandInfo]
    let manual: Manual

    /// What the first words ask for.
    enum Request: Equatable {
        /// A command that exists, and the words after its name.
        case command(String, [Word])
        /// The help of a command that exists, or the program's own.
        case help(String?)
        case version
    }

    /// Reads the words after the program's own name.
    func resolve(_ words: [Word]) throws(UsageError) -> Request {
        guard let first = words.first else {
            throw UsageError("no command", hint: "there are \(names); see: \(name) --help")
        }
        let rest = Array(words.dropFirst())
        switch first.text {
        case "--version":
            try refuse(rest)
            return .version
        case "help", "-h", "--help":
            guard let word = rest.first else { return .help(nil) }
            try refuse(rest.dropFirst())
            return .help(["help", "-h", "--help"].contains(word) ? nil : try known(word.text, rest: []))
        default: break
        }
        if first.hasPrefix("-") { throw misplaced(first.text, rest: rest.map(\.text)) }
        return .command(try known(first.text, rest: rest.map(\.text)), rest)
    }

    private func refuse(_ words: some Collection<Word>) throws(UsageError) {
        guard let word = words.first else { return }
        throw UsageError("unexpected argument '\(word)'", hint: "see: \(name) --help")
    }

    /// Whether a command line whose command is not known asks for its errors as JSON.
    static func asksForJSON(_ words: [Word]) -> Bool {
        words.prefix { $0 != "--" }.contains { $0 == "--json" || $0 == "-J" }
    }

    private var names: String { commands.map(\.name).joined(separator: ", ") }

    private func known(_ word: String, rest: [String]) throws(UsageError) -> String {
        if commands.contains(where: { $0.name == word }) { return word }
        let error = "unknown command '\(word)'"
        if let nearest = Suggestion.nearest(to: word, among: commands.map(\.name) + ["help"]) {
            throw UsageError(error, hint: "did you mean '\(nearest)'?")
        }
        // nc and ncat take an address here.
        let looksLikeAddress = word.contains(":") || word.contains(".") || rest.first.map { Int($0) != nil } ?? false
        let use = looksLikeAddress ? "to connect, use: \(name) dial \(([word] + rest).joined(separator: " "))" : nil
        throw UsageError(error, hint: use ?? "there are \(names); see: \(name) --help")
    }

    /// An option where the command should be: nc's `-l` has a command of its own, others come after the command.
    private func misplaced(_ word: String, rest: [String]) -> UsageError {
        let letters = word.hasPrefix("--") ? "" : word.dropFirst()
        guard word == "--listen" || letters.contains("l") else {
            let command = rest.first { word in commands.contains { $0.name == word } } ?? "COMMAND"
            return UsageError(
                "'\(word)' comes before the command", hint: "options come after it: \(name) \(command) \(word) ...")
        }
        // -p only says that a port follows, which the address does by itself.
        let kept = letters.filter { $0 != "l" && $0 != "p" }
        let words = [name, "listen"] + (kept.isEmpty ? [] : ["-\(kept)"]) + rest.filter { $0 != "-p" }
        return UsageError("'\(word)' means nothing here; use: \(words.joined(separator: " "))")
    }
}
