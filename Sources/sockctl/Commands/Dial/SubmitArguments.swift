/// The client of `listen --serve frames`.
struct SubmitArguments: Equatable, Sendable {
    var isOn = false
    /// How many may be unanswered at once.
    var window = 64

    static let rows: [Row<SubmitArguments>] = [
        .flag(
            "submit", into: \.isOn, help: "Send each line to a listen --serve frames.",
            detail: """
                Each line of standard input goes as the payload of a submit packet, and `-v` tells each answer's \
                result and round trip. The summary has the counts, the round trips and the rate.
                """
        )
        .manualOnly
        .excludes("send-only", "no-read", reason: "'{other}' \(misplaced): every submit is answered")
        .excludes("recv-only", reason: "'{other}' \(misplaced): what is submitted comes from standard input")
        .excludes("crlf", reason: "'{other}' \(misplaced): a packet has no line end")
        .excludes("output", reason: "'{other}' \(misplaced): nothing but answers is received")
        .excludes(
            "quit-after", "half-open", "shutdown", "no-shutdown", "input-grace",
            reason: "'{other}' \(misplaced): it ends with the last answer"
        )
        .excludes(
            "frame", "separator", "whole",
            reason: "'{other}' has no use: the packets of this protocol have a framing of their own"
        )
        .excludes(
            "delay",
            reason: "'--delay' waits between two lines of input, and '--submit' gathers them: '--rate' paces it"
        )
        .excludes(
            "heartbeat", reason: "'--heartbeat' sends a text that is no packet: '--submit' knows only those"
        )
        .needs(
            .stream, reason: "'--submit' finds its answers in a stream, and {network} has messages of its own"),
        .option(
            "window", as: .count(1...1_000_000), into: \.window, help: "How many submits may be unanswered at once."
        ).manualOnly
            .needs("submit", reason: "'--window' is about submits that are unanswered: give '--submit' too"),
    ].titled("Messages")

    private static let misplaced = "makes no sense with '--submit'"
}
