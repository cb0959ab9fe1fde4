/// One pass over a command's words, filling its arguments.
///
/// Each `step` takes at least one word, so that stepping on after an error comes to an end.
struct Parser<Arguments: CommandArguments> {
    private let command: Command<Arguments>
    /// What the command's rows are called. A row as a whole, of no matter which arguments, is slow to look at.
    private let infos: [RowInfo]
    /// Whether an unknown option is told with the nearest that there is, which takes longer than all else.
    private let advises: Bool
    private var words: ArraySlice<Word>
    private var loose: [Word]
    /// The words after `--` have been given to a row.
    private var hasRest = false
    private(set) var arguments: Arguments
    private(set) var asksForHelp = false

    /// Words that are `loose` are known to belong to no option, however they begin.
    init(command: Command<Arguments>, words: [Word], loose: [Word] = [], advises: Bool = true) {
        self.command = command
        self.advises = advises
        self.infos = command.rows.map { $0.info }
        self.words = words[...]
        self.loose = loose
        self.arguments = command.defaults
    }

    /// Takes the next word, with its value if it needs one; false when there is nothing more to read.
    mutating func step() throws(UsageError) -> Bool {
        guard !asksForHelp, let word = words.popFirst() else { return false }
        if word == "--" {
            try takeRest()
        } else if word.hasPrefix("--") {
            try takeLong(word)
        } else if word.hasPrefix("-"), word != "-" {
            try takeShorts(word)
        } else {
            loose.append(word)
        }
        return true
    }

    /// Hands the words that belonged to no option to the positional rows, and returns the arguments.
    mutating func finish() throws(UsageError) -> Arguments {
        if let row = restRow, !hasRest {
            throw UsageError("'\(row.info.spelling)' takes the words after '--'", hint: row.info.valueAdvice)
        }
        for row in command.rows {
            guard case .positional(let count) = row.info.kind else { continue }
            guard loose.count >= count.lowerBound else { throw UsageError("\(row.info.spelling) is missing") }
            for word in loose.prefix(count.upperBound) { try apply(row, word, as: row.info.spelling) }
            loose.removeFirst(min(loose.count, count.upperBound))
        }
        guard loose.isEmpty else {
            let named = loose.map { "'\($0)'" }.joined(separator: ", ")
            throw UsageError(loose.count == 1 ? "unexpected argument \(named)" : "unexpected arguments \(named)")
        }
        return arguments
    }

    /// The row that was given and takes the words after `--`.
    private var restRow: Row<Arguments>? {
        command.rows.first { $0.info.takesRest && arguments.given.contains($0.info.name) }
    }

    private mutating func takeRest() throws(UsageError) {
        defer { words = [] }
        guard let row = restRow else { return loose += words }
        hasRest = !words.isEmpty
        for word in words { try apply(row, word, as: row.info.spelling) }
    }

    private mutating func takeLong(_ word: Word) throws(UsageError) {
        let parts = word.split(by: "=", maximum: 1)
        let name = String(parts[0].text.dropFirst(2))
        let attached = parts.count == 2 ? parts[1] : nil
        if name == RowInfo.help.name, attached == nil { return asksForHelp = true }
        guard let row = long(name) else { throw unknown("--\(name)", name: name) }
        switch row.info.kind {
        case .option:
            let value = if let attached { attached } else { try value(for: row, as: "--\(name)") }
            try apply(row, value, as: "--\(name)")
        case .flag, .positional:
            if attached == nil { skipIdleWord(of: row) }
            if let attached, attached.text != row.info.idleWord {
                throw UsageError(
                    "'--\(name)' takes no value, but was given '\(attached)'", hint: row.info.valueAdvice)
            }
            try raise(row, as: "--\(name)")
        }
    }

    private mutating func takeShorts(_ word: Word) throws(UsageError) {
        var letters = word.bytes.dropFirst()
        while let letter = Self.letter(letters) {
            letters = letters.dropFirst()
            if letter == RowInfo.help.short { return asksForHelp = true }
            guard let row = short(letter) else { throw unknown(letter, in: word) }
            guard row.info.kind == .option else {
                if letters.isEmpty { skipIdleWord(of: row) }
                if let word = row.info.idleWord, letters.elementsEqual(word.utf8) { letters = [] }
                if let advice = row.info.valueAdvice, Decimal.isDigits(Word(letters).text[...]) {
                    throw UsageError("'-\(letter)' takes no value, but was given '\(Word(letters))'", hint: advice)
                }
                try raise(row, as: "-\(letter)")
                continue
            }
            let value = letters.isEmpty ? try value(for: row, as: "-\(letter)") : Word(letters)
            return try apply(row, value, as: "-\(letter)")
        }
    }

    /// The first letter; every option's is one byte, and what follows it may be a value in any encoding.
    private static func letter(_ bytes: ArraySlice<UInt8>) -> Character? {
        guard let byte = bytes.first else { return nil }
        return byte < 0x80 ? Character(UnicodeScalar(byte)) : String(decoding: bytes, as: UTF8.self).first
    }

    private mutating func skipIdleWord(of row: Row<Arguments>) {
        if let idle = row.info.idleWord, words.first == Word(idle) { words.removeFirst() }
    }

    /// The next word as a value, unless it is plainly the next option.
    private mutating func value(for row: Row<Arguments>, as spelling: String) throws(UsageError) -> Word {
        guard let word = words.first, !isOption(word) else {
            throw UsageError("'\(spelling)' is missing its value, \(row.info.placeholder ?? "VALUE")")
        }
        words.removeFirst()
        return word
    }

    private func isOption(_ word: Word) -> Bool {
        if word == "--" { return true }
        if word.hasPrefix("--") { return long(String(word.text.dropFirst(2).prefix { $0 != "=" })) != nil }
        // -4 may be an option, but where a value is due a negative number is a wrong value.
        let text = word.text
        guard text.count == 2, text.first == "-", let letter = text.last, !letter.isNumber else { return false }
        return short(letter) != nil
    }

    private mutating func apply(_ row: Row<Arguments>, _ word: Word, as spelling: String) throws(UsageError) {
        do {
            try row.apply(&arguments, word)
        } catch {
            throw error.about(spelling)
        }
        arguments.given.note(row.info, word.text, defaultText: row.defaultText(command.defaults))
    }

    /// Takes a flag. One that takes the rest only notes that it was given.
    private mutating func raise(_ row: Row<Arguments>, as spelling: String) throws(UsageError) {
        guard row.info.takesRest else { return try apply(row, "", as: spelling) }
        arguments.given.note(row.info, "", defaultText: nil)
    }

    private func long(_ name: String) -> Row<Arguments>? {
        let isMeant = { (info: RowInfo) in !info.isPositional && (info.name == name || info.aliases.contains(name)) }
        if let place = infos.firstIndex(where: isMeant) { return command.rows[place] }
        guard let further = command.further, further.names.contains(name) else { return nil }
        return further.make().first { isMeant($0.info) }
    }

    private func short(_ letter: Character) -> Row<Arguments>? {
        infos.firstIndex { $0.short == letter }.map { command.rows[$0] }
    }
}

extension Parser {
    private func unknown(_ letter: Character, in word: Word) -> UsageError {
        let name = String(word.text.dropFirst().prefix { $0 != "=" })
        if name.count > 1, long(name) != nil {
            return UsageError("unknown option '-\(name)'", hint: "did you mean '--\(name)'?")
        }
        let error = unknown("-\(letter)", name: nil)
        guard name.count > 1, error.message.hasPrefix("unknown") else { return error }
        return UsageError("\(error.message) in '\(word)'", hint: error.hint)
    }

    private func unknown(_ spelling: String, name: String?) -> UsageError {
        if let flag = command.foreignFlags.first(where: { $0.spellings.contains(spelling) }) {
            return flag.refusal(of: spelling)
        }
        let nearest = advises ? name.flatMap(nearest) : nil
        return UsageError("unknown option '\(spelling)'", hint: nearest.map { "did you mean '--\($0)'?" })
    }

    private func nearest(to name: String) -> String? {
        let further = command.further?.make().map { $0.info } ?? []
        let options = (infos + further).filter { !$0.isPositional } + [.help]
        return Suggestion.nearest(to: name, among: options.map(\.name))
    }
}
