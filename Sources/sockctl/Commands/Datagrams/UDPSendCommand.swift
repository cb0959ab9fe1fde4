/// `sockctl udp-send`: sends datagrams, and says what became of them.
enum UDPSendCommand: Subcommand {
    static let name = "udp-send"

    static let command = Command(
        name: name,
        abstract: "Send datagrams",
        manual: manual,
        defaults: UDPSendArguments(),
        rows: UDPSendArguments.rows,
        further: TLSArguments.further(of: { TLSArguments.senderRows.lifted(through: \.tls) }),
        foreignFlags: [
            ForeignFlag("-l", "--listen", "-k", "--keep-open", advice: "use: sockctl udp-recv 3000"),
            ForeignFlag("-p", "--source-port", advice: "use --source :PORT"),
            ForeignFlag("-b", advice: "use --broadcast"),
            ForeignFlag("-q", "--quit-after", "-i", "--idle-timeout", advice: "use --wait"),
            ForeignFlag("-z", advice: "send a datagram and see: a refusal is reported, silence says nothing"),
            ForeignFlag("-D", advice: "use --trace"),
            ForeignFlag("-N", "--shutdown", advice: "datagrams have no end to pass on"),
            ForeignFlag("--version", advice: "use: sockctl --version"),
        ],
        validate: { (arguments: UDPSendArguments) throws(UsageError) in try arguments.validate() }
    )

    static func run(_ arguments: UDPSendArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        try await UDPSend(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            `udp-send` sends each TEXT as one datagram, or each line of standard input, over UDP or to a Unix socket. \
            Reports go to standard output, a summary last.
            """,
            """
            The socket is connected, so that a refusal is seen: where nobody receives, the other machine sends an ICMP \
            message back, and the next send or a last look before the end finds it. The status is then 69. The refused \
            datagrams are counted, and the sending goes on. With several addresses the socket is unconnected. The \
            refusals are read off its error queue (IP_RECVERR), either way.
            """,
            """
            With `--wait` the replies are shown, each with its round trip, and the command ends as soon as there is one, \
            or a refusal, for every send. A reply that carries no number answers the first send that is still open.
            """,
            """
            A Unix receiver's queue that is full makes the sender wait, without using the processor meanwhile; nothing \
            is lost.
            """,
        ],
        sections: [
            Manual.Section(
                "SUMMARY",
                .terms([
                    ("sent", "Datagrams that the kernel took, counted for each address."),
                    ("bytes", "Their payload."),
                    ("refused", "Refusals that came back, one for each datagram as far as the network sends them."),
                    ("replies", "Datagrams that came back."),
                    ("lost", "With `--wait`, the sends without a reply, those that were refused included."),
                    ("round trip", "From send to reply, by the kernel's clock; in JSON `round_trip`."),
                ])
            ),
            .tlsOfSenders, .outputEvents,
        ],
        exitNotes: Manual.exitNotes,
        examples: [
            Manual.Example(
                "sockctl udp-recv -v 127.0.0.1:3000",
                "sockctl udp-send -s 127.0.0.1:3001 127.0.0.1:3000 'can you hear me?\\n'",
                shows: "A UDP server that prints who sent what, and a client with a port of its choice."),
            Manual.Example(
                "sockctl udp-recv --reply 'loud and clear' 3000", "sockctl udp-send --wait 2s 127.0.0.1:3000 hello",
                shows: "A request and its reply: the client ends as soon as the reply is there."),
            Manual.Example(
                "sockctl udp-send 127.0.0.1:9 hello",
                shows: "Nobody receives on port 9: the refusal is found before the end, and the status is 69."),
            Manual.Example(
                "sockctl udp-recv --tls --count 1 3000",
                "sockctl udp-send --tls --tls-insecure 127.0.0.1:3000 'only for you\\n'",
                shows:
                    "A datagram that nobody else reads. The receiver tells what to say instead of --tls-insecure: --tls-pin."
            ),
            Manual.Example(
                "sockctl udp-recv --stats --timeout 1s 3000",
                "sockctl udp-send --size 100 --count 10000 --rate 1M 127.0.0.1:3000",
                shows: "Measure loss, order and jitter of generated traffic."),
        ],
        seeAlso: ["sockctl", "sockctl-udp-recv", "sockctl-dial", "nc", "sendmmsg(2)", "udp(7)", "unix(7)"],
        caveats: [
            """
            That a datagram was sent does not mean that it has arrived: UDP drops what a receiver's buffer cannot hold, \
            without a word to the sender.
            """,
            """
            A refusal from another machine takes its time. One that has not come when the command ends is not seen; \
            `--wait` gives it time.
            """,
        ]
    )
}
