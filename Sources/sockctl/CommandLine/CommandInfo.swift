/// One command as documents see it: pure data.
struct CommandInfo: Sendable {
    let name: String
    /// One line, without a full stop.
    let abstract: String
    let rows: [RowInfo]
    let foreignFlags: [ForeignFlag]
    let manual: Manual

    var options: [RowInfo] { rows.filter { !$0.isPositional } }
    var positionals: [RowInfo] { rows.filter(\.isPositional) }

    /// What follows the command's name on its command line: `[options] <address>`.
    var synopsis: String {
        let words = positionals.map { row in
            switch row.kind {
            case .positional(let count):
                count.lowerBound > 0
                    ? "<\(row.name)>" : count.upperBound == .max ? "[<\(row.name)> ...]" : "[<\(row.name)>]"
            case .flag, .option: ""
            }
        }
        return (["[options]"] + words).joined(separator: " ")
    }

    /// The titles of the options' sections in the order of the table, each once.
    var sections: [String] {
        options.reduce(into: []) { titles, row in
            if !titles.contains(row.section) { titles.append(row.section) }
        }
    }
}

/// The hand-written part of a manual page.
///
/// In its paragraphs, words between backquotes are what a person types.
struct Manual: Sendable {
    var description: [String]
    var sections: [Section] = []
    var exitNotes: [ExitNote] = []
    var examples: [Example] = []
    /// Pages of section 1 unless they name another: `ip(7)`.
    var seeAlso: [String] = []
    var caveats: [String] = []

    struct Section: Sendable {
        let title: String
        let items: [Item]

        init(_ title: String, _ items: Item...) {
            self.title = title
            self.items = items
        }
    }

    /// What a section is made of.
    enum Item: Sendable, ExpressibleByStringLiteral {
        case paragraph(String)
        /// A list of terms and what they mean.
        case terms([(term: String, meaning: String)])

        init(stringLiteral text: String) { self = .paragraph(text) }
    }

    /// Command lines and what they show.
    struct Example: Sendable {
        let lines: [String]
        let shows: String

        init(_ lines: String..., shows: String) {
            self.lines = lines
            self.shows = shows
        }
    }

    struct ExitNote: Sendable {
        let status: String
        let meaning: String
    }
}
