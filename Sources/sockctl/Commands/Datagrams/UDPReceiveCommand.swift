/// `sockctl udp-recv`: receives datagrams from anybody.
enum UDPReceiveCommand: Subcommand {
    static let name = "udp-recv"

    static let command = Command(
        name: name,
        abstract: "Receive datagrams",
        manual: manual,
        defaults: UDPReceiveArguments(),
        rows: UDPReceiveArguments.rows,
        further: TLSArguments.further(of: { TLSArguments.receiverRows.lifted(through: \.tls) }),
        foreignFlags: [
            ForeignFlag(
                "-l", "--listen", "-k", "--keep-open", advice: "udp-recv receives from anybody until it is ended"),
            ForeignFlag("-p", "--source-port", advice: "the port is the address: sockctl udp-recv 3000"),
            ForeignFlag("-s", "--source", advice: "the address says where to receive: sockctl udp-recv 127.0.0.1:3000"),
            ForeignFlag("-W", advice: "use --count"),
            ForeignFlag("-i", "--idle-timeout", "-q", "--quit-after", advice: "use --timeout"),
            ForeignFlag("-e", "--exec", "-c", "--sh-exec", advice: "use --reply for answers"),
            ForeignFlag("-D", advice: "use --trace"),
            ForeignFlag("--version", advice: "use: sockctl --version"),
        ],
        validate: { (arguments: UDPReceiveArguments) throws(UsageError) in try arguments.validate() }
    )

    static func run(_ arguments: UDPReceiveArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        try await UDPReceive(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            `udp-recv` writes the payload of every datagram that comes to standard output, as it is, whoever sent it; an \
            empty datagram is a datagram, not an end. With `-v` a line on standard error tells of each where it came \
            from, how long it was, and what the kernel knows of it: the address it was sent to, its TTL, and when it \
            arrived.
            """,
            """
            It runs until it is interrupted, `--count` datagrams have come, or none comes for `--timeout`.
            """,
            """
            A datagram longer than `--buffer` is cut, and a report says how long it was. What the kernel dropped because \
            the receive buffer was full is told at the end.
            """,
        ],
        sections: [
            Manual.Section(
                "SUMMARY",
                """
                With `-v`, `--json` or `--stats` a summary comes last; from `lost` on only with `--stats`.
                """,
                .terms([
                    ("received", "Datagrams."),
                    ("bytes", "What was taken of them."),
                    ("truncated", "Datagrams that were cut."),
                    (
                        "kernel dropped",
                        "Datagrams that found the receive buffer full, the last ones included; in JSON `kernel_dropped`."
                    ),
                    ("denied", "Datagrams of senders that the rules turn away; only where there are any rules."),
                    (
                        "lost",
                        """
                        Generated datagrams whose numbers are missing, or the kernel's drops if these are more: what was \
                        dropped last leaves no hole.
                        """
                    ),
                    ("duplicated", "Generated datagrams that came more than once."),
                    ("reordered", "Those that came after one with a higher number."),
                    ("jitter", "The variation of the time on the way, as in RFC 3550."),
                    ("rate", "Bytes a second, from the first arrival to the last."),
                ])
            ),
            .gates, .tlsOfReceivers, .events,
        ],
        exitNotes: Manual.exitNotes,
        examples: [
            Manual.Example(
                "sockctl udp-recv -v 127.0.0.1:3000",
                "sockctl udp-send -s 127.0.0.1:3001 127.0.0.1:3000 'can you hear me?\\n'",
                shows: "A UDP server that prints who sent what, and a client with a port of its choice."),
            Manual.Example(
                "sockctl udp-recv --reply echo 3000", "sockctl udp-send --wait 2s 127.0.0.1:3000 hello",
                shows: "An echo server, and a client that ends with its reply."),
            Manual.Example(
                "sockctl udp-recv --join 239.1.2.3@lo --count 1 3000",
                "sockctl udp-send --multicast-interface lo 239.1.2.3:3000 'hello, all\\n'",
                shows: "Multicast within this machine. What is sent to its other addresses is received as well."),
            Manual.Example(
                "sockctl udp-recv --first-read-delay 1s --stats --timeout 1s 3000",
                "sockctl udp-send --size 100 --count 2000 127.0.0.1:3000",
                shows: "A reader that does not read yet: every send succeeds, and the kernel drops what does not fit."),
        ],
        seeAlso: ["sockctl", "sockctl-udp-send", "sockctl-listen", "nc", "recvmmsg(2)", "udp(7)", "unix(7)"],
        caveats: [
            """
            A bare port receives on 127.0.0.1 only. To be reached from elsewhere, say so: `sockctl udp-recv :3000`.
            """,
            """
            With `--join` a bare port receives on every interface, and not only what is sent to the group. The group's own \
            address takes nothing else: `sockctl udp-recv --join 239.1.2.3 239.1.2.3:3000`.
            """,
        ]
    )
}
