/// A text that is sent to measure how long its answer takes.
struct RoundTripArguments: Equatable, Sendable {
    /// nil measures nothing.
    var text: [UInt8]?
    var interval = Duration.zero

    static let rows: [Row<RoundTripArguments>] = [
        .option(
            "send", as: .text, into: \.text, help: "Send a text, wait for the answer, and tell the round trip.",
            detail: #"""
                `--count` times; standard input is not read. An answer is what one read gives, or one message. It is \#
                waited for as long as `--idle-timeout` says; a datagram for 1s without that, and is then lost. The \#
                text has the escapes `\n`, `\r`, `\t`, `\0`, `\\` and `\xHH`.
                """#),
        .option(
            "interval", as: .duration, into: \.interval, help: "How far apart the sends of --send are.",
            detail: "With 0 each follows upon the answer to the one before; none overtakes an answer."),
    ].titled("Round trips")

    func validate(_ peer: PeerArguments, _ persistence: PersistenceArguments) throws(UsageError) {
        guard let text else {
            if interval != .zero { throw UsageError("'--interval' is about '--send', which is missing") }
            return
        }
        if text.isEmpty { throw UsageError("'--send' is empty: nobody would answer that") }
        if persistence.reconnects {
            throw UsageError("'--send' measures one connection: '--reconnect' would make several of it")
        }
        if persistence.heartbeat != nil {
            throw UsageError("'--heartbeat' and '--send' exclude each other: answers to either look alike")
        }
        if peer.transfer.sendsOnly {
            throw UsageError("'--send' waits for answers, and with '--send-only' they are dropped")
        }
        if !peer.pace.reads {
            throw UsageError("'--send' waits for answers, and with '--no-read' nobody reads them")
        }
        let aboutInput = [
            (peer.transfer.receivesOnly, "--recv-only"), (peer.transfer.isCRLF, "--crlf"),
            (peer.ending.halfClose == .always, "--shutdown"), (peer.ending.isHalfOpen, "--half-open"),
            (peer.ending.inputGrace != EndingArguments().inputGrace, "--input-grace"),
        ]
        if let option = aboutInput.first(where: \.0)?.1 ?? peer.pace.aboutWriting.first {
            throw UsageError("'\(option)' is about standard input, which '--send' never reads")
        }
        let slowing = [
            (peer.pace.firstReadDelay != .zero, "--first-read-delay"), (peer.pace.readDelay != .zero, "--read-delay"),
            (peer.pace.rate != nil, "--rate"), (peer.pace.maximumBytes != nil, "--max-bytes"),
            (peer.deadlines.keepGoing != nil, "--keep-going"), (peer.deadlines.deadline != nil, "--deadline"),
            (peer.deadlines.goodbye != nil, "--goodbye"),
        ]
        if let option = slowing.first(where: \.0)?.1 {
            throw UsageError("'\(option)' would spoil what '--send' measures")
        }
    }
}
