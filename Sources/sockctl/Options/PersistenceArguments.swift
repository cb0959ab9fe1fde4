/// How hard `dial` tries to get a connection and to keep one.
struct PersistenceArguments: Equatable, Sendable {
    /// nil gives up at the first failure.
    var retries: RetryLimit?
    var retryDelay = Duration.milliseconds(500)
    var retryMaximumDelay = Duration.seconds(30)
    var reconnects = false
    var heartbeat: Duration?
    var heartbeatText = Array("hello, server".utf8)
    var heartbeatMisses: Int?

    static let rows: [Row<PersistenceArguments>] = [
        .option(
            "retry", as: .retryLimit, into: \.retries, help: "Try again so often, or forever, until connected.",
            detail: """
                Only what time can mend is tried again: a refusal, no route, a time-out, a name that does not resolve. \
                `--timeout` is for each attempt. \
                The error of the last attempt is reported, and its status is the program's.
                """),
        .option(
            "retry-delay", as: .duration, into: \.retryDelay, help: "The longest wait before the first retry.",
            detail: """
                It doubles with every retry. Each wait is a random part of it, so that many clients of one server do \
                not come back at the same moment. Two dials are 10 ms apart at least.
                """
        ).manualOnly.needs("retry", "reconnect", reason: withoutRetries),
        .option(
            "retry-max-delay", as: .duration, into: \.retryMaximumDelay, help: "The longest wait before any retry."
        ).manualOnly.needs("retry", "reconnect", reason: withoutRetries),
        .flag(
            "reconnect", into: \.reconnects, help: "Connect again when the connection is lost.",
            detail: """
                Lost is a connection that was reset, broke or timed out, or whose peer ended before standard input did. \
                What is left of standard input goes to the next connection. It is tried again forever, or with \
                `--retry` so often after each loss.
                """
        )
        .excludes(
            "half-open",
            reason: "'--half-open' goes on sending after the peer's end, but with '--reconnect' that end is a loss"
        )
        .excludes(
            "input-grace",
            reason: "'--input-grace' waits for input after the peer's end, but with '--reconnect' that end is a loss"
        )
        .excludes(
            "close hold", reason: "'--close hold' never lets go of a connection, and '--reconnect' replaces it"
        )
        .excludes(
            "frame", "submit",
            reason: "'--reconnect' goes on in the middle of the bytes, and '{other}' has whole messages"
        )
        .needs(.connection, reason: "'--reconnect' is about connections that are lost, and {network} has none"),
        .option(
            "heartbeat", as: .limit, into: \.heartbeat, help: "Send a text when nothing else was sent for so long.",
            detail: """
                Standard input that ends without a single byte then ends nothing: the connection is kept up by the \
                heartbeats. Otherwise they stop at its end.
                """
        ).manualOnly
            .excludes(
                "send-only",
                reason: "'--heartbeat' keeps up a connection that has nothing to say, and '--send-only' ends it then"
            )
            .needs(.connection, reason: "'--heartbeat' keeps a connection alive, and {network} has none"),
        .option(
            "heartbeat-text", as: .text, into: \.heartbeatText, help: "What a heartbeat says.",
            detail: #"With the escapes `\n`, `\r`, `\t`, `\0`, `\\` and `\xHH`."#
        ).manualOnly.needs("heartbeat", reason: withoutHeartbeats),
        .option(
            "heartbeat-misses", as: .count(1...Int.max), into: \.heartbeatMisses,
            help: "Give up after so many heartbeats without any answer.",
            detail: """
                Any byte from the peer is an answer. Each heartbeat has until the next one would be due. The status is \
                75; with `--reconnect` the connection is lost.
                """
        ).manualOnly
            .needs("heartbeat", reason: withoutHeartbeats)
            .excludes(
                "no-read", reason: "'--heartbeat-misses' waits for answers, and with '--no-read' nobody reads them"),
    ].titled("Staying connected")

    private static let withoutRetries =
        "'{option}' is about retries, and there are none without '--retry', or a dial's '--reconnect'"
    private static let withoutHeartbeats = "'{option}' is about heartbeats, and without '--heartbeat' there are none"

    func validate() throws(UsageError) {
        if retryDelay > retryMaximumDelay {
            throw UsageError(
                "'--retry-delay' is longer than '--retry-max-delay', \(DurationText.show(retryMaximumDelay))")
        }
        guard let heartbeat else { return }
        if heartbeat == .zero { throw UsageError("'--heartbeat 0' would never stop sending: give a time above 0") }
        if heartbeatText.isEmpty { throw UsageError("'--heartbeat-text' is empty: a heartbeat has to say something") }
    }
}

/// How often a dial is tried again.
enum RetryLimit: Equatable, Sendable {
    case times(Int)
    case forever

    func allows(_ retry: Int) -> Bool {
        switch self {
        case .times(let most): retry <= most
        case .forever: true
        }
    }
}

extension ValueType where Value == RetryLimit {
    /// A number, or `forever`.
    static var retryLimit: Self {
        Self(placeholder: "N|forever", completion: .words(["forever"])) { (text: String) throws(UsageError) in
            if text == "forever" { return .forever }
            guard let number = Decimal.number(text[...]), number > 0 else {
                throw UsageError("'\(text)' is not a number from 1 up, nor 'forever'")
            }
            return .times(number)
        } show: { limit in
            switch limit {
            case .times(let most): "\(most)"
            case .forever: "forever"
            }
        }
    }
}
