/// A text that is sent to measure how long its answer takes.
struct RoundTripArguments: Equatable, Sendable {
    /// nil measures nothing.
    var text: [UInt8]?
    var interval = Duration.zero

    static let rows: [Row<RoundTripArguments>] = [
        .option(
            "send", as: .text, into: \.text, help: "Send a text, wait for an answer, tell the round trip.",
            detail: #"""
                `--count` times; standard input is not read. An answer is what one read gives, or one message. It is \#
                waited for as long as `--idle-timeout` says; a datagram for 1s without that, and is then lost. The \#
                text has the escapes `\n`, `\r`, `\t`, `\0`, `\\` and `\xHH`.
                """#
        )
        .excludes(
            "reconnect", reason: "'--send' measures one connection: '--reconnect' would make several of it"
        )
        .excludes(
            "heartbeat", reason: "'--heartbeat' and '--send' exclude each other: answers to either look alike"
        )
        .excludes(
            "send-only", reason: "'--send' waits for answers, and with '--send-only' they are dropped"
        )
        .excludes("no-read", reason: "'--send' waits for answers, and with '--no-read' nobody reads them")
        .excludes(
            "recv-only", "crlf", "shutdown", "no-shutdown", "half-open", "input-grace", "write-size", "write-delay",
            "delay", reason: "'{other}' is about standard input, which '--send' never reads"
        )
        .excludes(
            "first-read-delay", "read-delay", "rate", "max-bytes", "keep-going", "deadline", "goodbye",
            reason: "'{other}' would spoil what '--send' measures"
        )
        .excludes(
            "submit", "frame", reason: "'--send' and '{other}' exclude each other: each has messages of its own"),
        .option(
            "interval", as: .duration, into: \.interval, help: "How far apart the sends of --send are.",
            detail: "With 0 each follows upon the answer to the one before; none overtakes an answer."
        ).manualOnly.needs("send", reason: "'--interval' is about '--send', which is missing"),
    ].titled("Round trips")
}
