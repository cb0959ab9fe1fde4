/// Messages instead of mere bytes: how they are told apart, and what becomes of them.
struct FrameArguments: Equatable, Sendable {
    /// nil is a stream of bytes.
    var framing: FrameSetting?
    var maximum = 1 << 20
    var separator: [UInt8] = [UInt8(ascii: "\n")]
    /// All of standard input is one message.
    var sendsWhole = false

    static let rows: [Row<FrameArguments>] = [
        .option(
            "frame", as: .frameSetting, into: \.framing, help: "Read and write whole messages, told apart like this.",
            detail: """
                With `line` by a newline, and a CR before it is dropped; with `delim:TEXT` by that text; with \
                `length:WIDTH` by a length of 1, 2, 4 or 8 bytes before each message, big-endian and not counting \
                itself, unless `:little` or `:inclusive` follow. TEXT takes the escapes \\n \\r \\t \\0 \\\\ and \\xHH.
                """),
        .option(
            "max-frame", as: .size(1...(1 << 30)), into: \.maximum, help: "The longest message.",
            detail: """
                That is its payload; for `--serve frames` and `--submit` it is the whole packet. A longer one is an \
                error, and nothing is kept of it.
                """),
        .option(
            "separator", as: .text, into: \.separator, help: "What follows each message on standard output.",
            detail: "It takes the same escapes as `--frame delim:TEXT`, and may be empty."
        ).manualOnly,
        .flag(
            "whole", into: \.sendsWhole, help: "Send all of standard input as one message.",
            detail: "Otherwise each of its lines is one, without the newline. Without any input nothing is sent."
        ).manualOnly,
    ].titled("Messages")

    /// `hasPackets` says that a protocol of packets runs, which has its own frames and the same limit.
    func validate(hasPackets: Bool) throws(UsageError) {
        let defaults = FrameArguments()
        if hasPackets {
            let misplaced = [
                (framing != nil, "--frame"), (separator != defaults.separator, "--separator"), (sendsWhole, "--whole"),
            ]
            if let option = misplaced.first(where: \.0)?.1 {
                throw UsageError("'\(option)' has no use: the packets of this protocol have a framing of their own")
            }
            if maximum < 13 { throw UsageError("'--max-frame \(maximum)': the smallest packet has 13 bytes") }
        } else if case .length(let width, _, let countsItself) = framing, width < 4, maximum != defaults.maximum,
            maximum > largest(width, countsItself)
        {
            let bytes = width == 1 ? "a length of 1 byte" : "a length of \(width) bytes"
            throw UsageError(
                "'--max-frame \(maximum)': \(bytes) says no more than \(largest(width, countsItself)) of a message")
        } else if framing == nil {
            let misplaced = [
                (maximum != defaults.maximum, "--max-frame"), (separator != defaults.separator, "--separator"),
                (sendsWhole, "--whole"),
            ]
            if let option = misplaced.first(where: \.0)?.1 {
                throw UsageError(
                    "'\(option)' is about messages, and without '--frame' there are only bytes",
                    hint: "say how they are told apart, as in: --frame line")
            }
        }
    }
}

extension FrameArguments {
    /// The longest message that a length of so few bytes can tell.
    private func largest(_ width: Int, _ countsItself: Bool) -> Int {
        (1 << (8 * width)) - 1 - (countsItself ? width : 0)
    }
}

/// How messages are told apart, as it is typed.
enum FrameSetting: Equatable, Sendable {
    case line
    case delimiter([UInt8])
    case length(width: Int, isLittleEndian: Bool, countsItself: Bool)
}

extension ValueType where Value == FrameSetting {
    /// `line`, `delim:TEXT` or `length:WIDTH[:big|little][:inclusive]`.
    static var frameSetting: Self {
        Self(placeholder: "line|delim:TEXT|length:WIDTH", completion: .words(["line", "delim:", "length:"])) {
            (text: String) throws(UsageError) in
            try FrameSetting(text)
        } show: {
            $0.spelling
        }
    }
}

extension FrameSetting {
    /// Searching for a delimiter takes time in proportion to its length where the stream comes in small pieces.
    private static let longestDelimiter = 256

    fileprivate init(_ text: String) throws(UsageError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch parts[0] {
        case "line" where parts.count == 1: self = .line
        case "delim" where parts.count == 2:
            let bytes = try EscapedText.bytes(parts[1])
            guard 1...Self.longestDelimiter ~= bytes.count else {
                throw UsageError("'\(text)': a delimiter has 1 to \(Self.longestDelimiter) bytes")
            }
            self = .delimiter(bytes)
        case "length" where parts.count == 2: self = try Self.length(parts[1], in: text)
        default:
            throw UsageError("'\(text)' is no framing; write line, delim:TEXT or length:WIDTH[:big|little][:inclusive]")
        }
    }

    private static func length(_ text: String, in whole: String) throws(UsageError) -> FrameSetting {
        var words = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        guard let width = words.popFirst().flatMap(Decimal.number), [1, 2, 4, 8].contains(width) else {
            throw UsageError("'\(whole)': a length has 1, 2, 4 or 8 bytes, as in length:4")
        }
        let isLittle = words.first == "little"
        if isLittle || words.first == "big" { words.removeFirst() }
        let isInclusive = words.first == "inclusive"
        if isInclusive { words.removeFirst() }
        if let word = words.first {
            throw UsageError("'\(whole)': '\(word)' is out of place; write length:WIDTH[:big|little][:inclusive]")
        }
        return .length(width: width, isLittleEndian: isLittle, countsItself: isInclusive)
    }

    fileprivate var spelling: String {
        switch self {
        case .line: "line"
        case .delimiter(let bytes): "delim:\(EscapedText.show(bytes))"
        case .length(let width, let isLittleEndian, let countsItself):
            "length:\(width)" + (isLittleEndian ? ":little" : "") + (countsItself ? ":inclusive" : "")
        }
    }
}
