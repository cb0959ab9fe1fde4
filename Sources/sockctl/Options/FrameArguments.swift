import SockKit

/// Messages instead of mere bytes: how they are told apart, and what becomes of them.
struct FrameArguments: Equatable, Sendable {
    /// nil is a stream of bytes.
    var framing: Framing?
    var maximum = 1 << 20
    var separator: [UInt8] = [UInt8(ascii: "\n")]
    /// All of standard input is one message.
    var sendsWhole = false

    static let rows: [Row<FrameArguments>] = [
        .option(
            "frame", as: .framing, into: \.framing, help: "Read and write whole messages, told apart like this.",
            detail: """
                With `line` by a newline, and a CR before it is dropped; with `delim:TEXT` by that text; with \
                `length:WIDTH` by a length of 1, 2, 4 or 8 bytes before each message, big-endian and not counting \
                itself, unless `:little` or `:inclusive` follow. TEXT takes the escapes \\n \\r \\t \\0 \\\\ and \\xHH.
                """
        )
        .excludes("no-read", reason: "'--frame' is about what is read, and '--no-read' reads nothing")
        .needs(.stream, reason: "'--frame' makes messages of a stream, and {network} has messages of its own"),
        .option(
            "max-frame", as: .size(1...(1 << 30)), into: \.maximum, help: "The longest message.",
            detail: """
                That is its payload; for `--serve frames` and `--submit` it is the whole packet. A longer one is an \
                error, and nothing is kept of it.
                """
        ).manualOnly.needs("frame", "submit", "serve frames", reason: withoutMessages, hint: sayFrame),
        .option(
            "separator", as: .text, into: \.separator, help: "What follows each message on standard output.",
            detail: "It takes the same escapes as `--frame delim:TEXT`, and may be empty."
        ).manualOnly
            .needs("frame", reason: withoutMessages, hint: sayFrame)
            .excludes(
                "send-only", reason: "'--separator' is about standard output, but '--send-only' never writes it"),
        .flag(
            "whole", into: \.sendsWhole, help: "Send all of standard input as one message.",
            detail: "Otherwise each of its lines is one, without the newline. Without any input nothing is sent."
        ).manualOnly
            .needs("frame", reason: withoutMessages, hint: sayFrame)
            .excludes("recv-only", reason: "'--whole' is about standard input, but '--recv-only' never reads it"),
    ].titled("Messages")

    private static let withoutMessages = "'{option}' is about messages, and without '--frame' there are only bytes"
    private static let sayFrame = "say how they are told apart, as in: --frame line"

    /// Refuses a limit that no message meets. `hasPackets` says that a protocol of packets runs, which has the same limit.
    func validate(_ given: Given, hasPackets: Bool) throws(UsageError) {
        if hasPackets, maximum < 13 { throw UsageError("'--max-frame \(maximum)': the smallest packet has 13 bytes") }
        guard case .length(let field) = framing, field.width < 4, given.contains("max-frame") else { return }
        let largest = (1 << (8 * field.width)) - 1 - (field.countsItself ? field.width : 0)
        guard maximum > largest else { return }
        let bytes = field.width == 1 ? "a length of 1 byte" : "a length of \(field.width) bytes"
        throw UsageError("'--max-frame \(maximum)': \(bytes) says no more than \(largest) of a message")
    }

    /// What is done with messages; nil where there are only bytes.
    func rules(sendsCRLF: Bool) -> FrameRules? {
        guard let framing else { return nil }
        var rules = FrameRules(framing)
        rules.maximum = maximum
        rules.separator = separator
        rules.sendsWhole = sendsWhole
        rules.sendsCRLF = sendsCRLF
        return rules
    }
}
