/// Everything about one option or positional argument that documents need: pure data.
struct RowInfo: Equatable, Sendable {
    /// What a word on the command line has to be to belong to the row.
    enum Kind: Equatable, Sendable {
        case flag
        case option
        /// Words that belong to no option, this many of them.
        case positional(ClosedRange<Int>)
    }

    /// Where the row is described; every row that is built is accepted wherever it is described.
    enum Visibility: Equatable, Sendable {
        case shown
        case manualOnly
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
    /// The value that switches the option off: `none`.
    var offWord: String?
    /// The words after `--` belong to it: the flag has no other value.
    var takesRest = false
    /// A word that may follow the flag and adds nothing: what another program's option of this name needs.
    var idleWord: String?
    /// What is said to who gives the flag a value.
    var valueAdvice: String?
    /// The rows that fill the same field: the last one given counts.
    var overrides: [String] = []
    /// What must hold where the row is given.
    var rules: [Rule] = []

    init(
        kind: Kind, name: String, short: Character? = nil, aliases: [String] = [], placeholder: String? = nil,
        completion: Completion = .none, help: String, detail: String? = nil, isRepeatable: Bool = false,
        offWord: String? = nil
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
        self.offWord = offWord
    }

    /// The option that every command has.
    static let help: RowInfo = {
        var info = RowInfo(kind: .flag, name: "help", short: "h", help: "Show help information.")
        info.section = "Common options"
        return info
    }()

    var isPositional: Bool {
        switch kind {
        case .flag, .option: false
        case .positional: true
        }
    }

    /// The row as errors name it: `--backlog`, or a positional's placeholder.
    var spelling: String { isPositional ? placeholder ?? name : "--\(name)" }
}
