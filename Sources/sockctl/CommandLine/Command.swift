/// A command as a table entry: what it is called, what it takes, what its manual says.
struct Command<Arguments: CommandArguments>: Sendable {
    let name: String
    let abstract: String
    let manual: Manual
    /// What the arguments are when nothing is given; the defaults in the documents are read off it.
    let defaults: Arguments
    /// The options and positional arguments, in the order of the documents.
    let rows: [Row<Arguments>]
    /// Rows that few command lines have: a start without one of them does not pay for it.
    var further: RowGroup<Arguments>?
    /// The rules that are this command's alone; those of a row stand with it.
    var rules: [Rule] = []
    var foreignFlags: [ForeignFlag] = []
    /// Refuses values that are wrong or do not fit together, which no rule about names can see.
    var validate: @Sendable (Arguments) throws(UsageError) -> Void = { _ in }

    /// What a command line asked for.
    enum Parsed {
        case arguments(Arguments)
        case help
    }

    /// Reads a command line, without the command's own name.
    ///
    /// Words that are `loose` are known to belong to no option, however they begin. The hint of an error without a better
    /// one leads to the command's help.
    func parse(_ words: [Word], loose: [Word] = []) throws(UsageError) -> Parsed {
        do {
            var parser = Parser(command: self, words: words, loose: loose)
            while try parser.step() {}
            if parser.asksForHelp { return .help }
            let arguments = try parser.finish()
            try check(arguments.given)
            try validate(arguments)
            return .arguments(arguments)
        } catch {
            throw UsageError(error.message, hint: error.hint ?? "see: sockctl \(name) --help")
        }
    }

    /// What can be understood of a command line that `parse` refuses, to learn how its error is to be reported.
    func salvage(_ words: [Word]) -> Arguments {
        var parser = Parser(command: self, words: words, advises: false)
        while (try? parser.step()) ?? true {}
        return parser.arguments
    }

    /// Every row, in the order of the documents.
    var allRows: [Row<Arguments>] {
        guard let further else { return rows }
        let place = rows.firstIndex { $0.info.name == further.place }.map { $0 + 1 } ?? rows.count
        return rows[..<place] + further.make() + rows[place...]
    }

    /// The rows that can have been given.
    func rows(among given: Given) -> [Row<Arguments>] {
        guard let further, further.names.contains(where: { given.contains($0) }) else { return rows }
        return rows + further.make()
    }

    /// The command without its types, for documents.
    var info: CommandInfo {
        let described = allRows.map { row in
            var info = row.info
            info.defaultText = row.defaultText(defaults)
            return info
        }
        return CommandInfo(
            name: name, abstract: abstract, rows: described + [.help], foreignFlags: foreignFlags, manual: manual)
    }
}
