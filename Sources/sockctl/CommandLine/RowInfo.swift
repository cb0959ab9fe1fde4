/// Everything about one option or positional argument that documents need: pure data.
struct RowInfo: Equatable, Sendable {
    /// What a word on the command line has to be to belong to the row.
    enum Kind: Equatable, Sendable {
        case flag
        case option
        /// Words that belong to no option, this many of them.
        case positional(ClosedRange<Int>)
        /// The words after `--`.
        case rest
    }

    /// Where the row is described; every row that is built is accepted wherever it is described.
    enum Visibility: Equatable, Sendable {
        case shown
        case manualOnly
        case hidden
    }

    let kind: Kind
    let name: String
    let short: Character?
    /// Other long names, accepted and mentioned in the manual only.
    let aliases: [String]
    let placeholder: String?
    let completion: Completion
    /// One sentence.
    let help: String
    /// What the manual says after that sentence.
    var detail: String?
    var section: String
    var visibility: Visibility
    let isRepeatable: Bool
    var defaultText: String?

    init(
        kind: Kind, name: String, short: Character? = nil, aliases: [String] = [], placeholder: String? = nil,
        completion: Completion = .none, help: String, detail: String? = nil, isRepeatable: Bool = false
    ) {
        self.kind = kind
        self.name = name
        self.short = short
        self.aliases = aliases
        self.placeholder = placeholder
        self.completion = completion
        self.help = help
        self.detail = detail
        self.section = ""
        self.visibility = .shown
        self.isRepeatable = isRepeatable
    }

    /// The option that every command has.
    static var help: RowInfo {
        var info = RowInfo(kind: .flag, name: "help", short: "h", help: "Show help information.")
        info.section = "Common options"
        return info
    }

    var isPositional: Bool {
        switch kind {
        case .flag, .option: false
        case .positional, .rest: true
        }
    }

    /// The row as errors name it: `--backlog`, or a positional's placeholder.
    var spelling: String { isPositional ? placeholder ?? name : "--\(name)" }
}
