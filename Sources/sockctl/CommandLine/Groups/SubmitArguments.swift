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
                """),
        .option(
            "window", as: .count(1...1_000_000), into: \.window, help: "How many submits may be unanswered at once."
        ).manualOnly,
    ].titled("Messages")

    /// What makes no sense together with it.
    func validate(with peer: PeerArguments) throws(UsageError) {
        guard isOn else {
            if window != SubmitArguments().window {
                throw UsageError("'--window' is about submits that are unanswered: give '--submit' too")
            }
            return
        }
        let transfer = peer.transfer
        let defaults = EndingArguments()
        let misplaced = [
            (transfer.sendsOnly, "--send-only", "every submit is answered"),
            (transfer.receivesOnly, "--recv-only", "what is submitted comes from standard input"),
            (!peer.pace.reads, "--no-read", "every submit is answered"),
            (transfer.isCRLF, "--crlf", "a packet has no line end"),
            (transfer.output != nil, "--output", "nothing but answers is received"),
            (peer.ending.quitAfter != nil, "--quit-after", "it ends with the last answer"),
            (peer.ending.isHalfOpen, "--half-open", "it ends with the last answer"),
            (peer.ending.halfClose != .automatic, "--shutdown' or '--no-shutdown", "it ends with the last answer"),
            (peer.ending.inputGrace != defaults.inputGrace, "--input-grace", "it ends with the last answer"),
        ]
        if let found = misplaced.first(where: \.0) {
            throw UsageError("'\(found.1)' makes no sense with '--submit': \(found.2)")
        }
    }
}
