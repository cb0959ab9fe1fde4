import SockKit

/// What a piece of text means; how it looks follows from that.
enum Style: Sendable {
    case error, hint, dim, good, address
    /// A colour of a drawing, which means what its legend says.
    case tint(Tint)

    fileprivate var code: String {
        switch self {
        case .error: "1;31"
        case .hint: "36"
        case .dim: "2"
        case .good: "32"
        case .address: "1"
        case .tint(let tint): tint.code
        }
    }
}

/// The place that text for people goes to: whether it is a terminal, how wide, and whether it is coloured.
struct Terminal: Sendable {
    let descriptor: Int32
    let isTerminal: Bool
    /// Whether a line can be wiped away and written anew.
    let rewritesLines: Bool
    let isColored: Bool
    /// Whether texts and drawings may use more than ASCII; the environment's locale says so where it says anything.
    let drawsUnicode: Bool

    /// Looks at a descriptor and the environment.
    init(_ descriptor: Int32, color: ColorMode) {
        self.init(
            descriptor, isTerminal: FileCalls.isTerminal(descriptor), color: color,
            noColor: ProcessCalls.environment("NO_COLOR"), term: ProcessCalls.environment("TERM"),
            locale: ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(ProcessCalls.environment).first { !$0.isEmpty })
    }

    /// Decides from what the descriptor and the environment say.
    init(
        _ descriptor: Int32, isTerminal: Bool, color: ColorMode, noColor: String? = nil, term: String? = nil,
        locale: String? = nil
    ) {
        self.descriptor = descriptor
        self.isTerminal = isTerminal
        rewritesLines = isTerminal && term?.isEmpty != true && term != "dumb"
        isColored =
            switch color {
            case .always: true
            case .never: false
            case .auto: isTerminal && noColor?.isEmpty != false && term != "dumb"
            }
        // Containers set no locale, and their terminals take UTF-8 all the same.
        let encoding = locale?.split(separator: ".").dropFirst().first?.lowercased()
        drawsUnicode = locale == nil || encoding == "utf-8" || encoding == "utf8"
    }

    /// The width now, for it changes; 80 where nobody knows.
    var columns: Int { FileCalls.columns(of: descriptor) ?? 80 }

    /// The text with its lines broken at words where they are wider than the terminal; what follows is indented further.
    ///
    /// Elsewhere a line stays a line, for programs that look for words in it.
    func wrap(_ text: String) -> String { wrap(text, hanging: 4, upTo: .max) }

    /// The text as a paragraph to read.
    func paragraph(_ text: String) -> String {
        // What is wider is hard to read.
        wrap(text, hanging: 0, upTo: 100)
    }

    private func wrap(_ text: String, hanging: Int, upTo widest: Int) -> String {
        guard isTerminal else { return text }
        // The last column is left alone: to write there makes some terminals begin a new line.
        let width = min(columns, widest) - 1
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { $0.isEmpty ? [""] : Paragraph.lines($0, width: width, hanging: hanging) }
            .joined(separator: "\n")
    }

    /// The text with the signs that are not ASCII spelled out, where the locale may not have them.
    func spell(_ text: String) -> String {
        guard !drawsUnicode else { return text }
        return Self.spellings.reduce(text) { $0.replacing($1.sign, with: $1.letters) }
    }

    private static let spellings = [("µ", "u"), ("±", "+/-"), ("×", "x"), ("…", "...")].map { (sign: $0, letters: $1) }

    /// The text in the look of what it means, made harmless: what it quotes may be a stranger's.
    func paint(_ text: String, _ style: Style) -> String {
        isColored ? "\u{1b}[\(style.code)m\(text.printable)\u{1b}[0m" : text.printable
    }
}

extension String {
    /// The text with the characters that are not shown, but act on a terminal or hide in a line, spelled out in the
    /// notation that options take.
    var printable: String { spelledOut }
}

extension Unicode.Scalar {
    /// Whether it is a control, or shows nothing: as the marks that turn the direction of a line, and fillers.
    var actsOnTerminals: Bool { isHidden }
}
