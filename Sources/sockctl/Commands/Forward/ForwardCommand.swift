/// `sockctl forward`: joins each connection to one of its own to somebody else.
enum ForwardCommand: Subcommand {
    static let name = "forward"

    static let command = Command(
        name: name,
        abstract: "Join connections to another address",
        manual: manual,
        defaults: ForwardArguments(),
        rows: ForwardArguments.rows,
        further: TLSArguments.further(behind: "tls-accept", of: { TLSArguments.forwardRows.lifted(through: \.tls) }),
        foreignFlags: [
            ForeignFlag(
                "-l", "-L", "--listen", advice: "the first address is listened on: sockctl forward 3000 localhost:80"),
            ForeignFlag("-p", "--source-port", advice: "the port is part of the first address"),
            ForeignFlag("-k", "--keep-open", "--fork", advice: "forward goes on accepting until it is told to finish"),
            ForeignFlag(
                "-U", "--unix", advice: "write unix: before the path: sockctl forward unix:/tmp/a localhost:80"),
            ForeignFlag("-D", advice: "use --trace"),
            ForeignFlag("--version", advice: "use: sockctl --version"),
        ],
        validate: { (arguments: ForwardArguments) throws(UsageError) in try arguments.validate() }
    )

    static func run(_ arguments: ForwardArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        if let file = arguments.record.replay { return try await ForwardReplay(arguments, file, conductor).run() }
        return try await Forward(arguments, conductor).run()
    }

    private static func replayed(_ notes: [Manual.ExitNote]) -> [Manual.ExitNote] {
        let difference = Manual.ExitNote(
            status: "1", meaning: "What came back of a `--replay` is not what the record has.")
        return notes.prefix(1) + [difference] + notes.dropFirst()
    }

    private static let manual = Manual(
        description: [
            """
            `forward` listens on one address and joins each connection to a new one to another address, until it is \
            interrupted. What either side sends goes to the other as it comes, whatever the two networks are: TCP, Unix \
            sockets of streams or of messages, vsock; or both of datagrams, UDP or Unix, of which `DATAGRAMS` tells more.
            """,
            """
            An end goes through: a side that half-closes (FIN) is still answered. A reset goes through as well: what had \
            come before it is delivered, and then the other side is reset; bytes that nobody took are told. A target that \
            cannot be reached resets the peer, so that a client which retries a refusal knows that it may.
            """,
            """
            Nothing is kept here. Who reads slowly slows the other side down, by the kernel's own buffers; what has been \
            taken and could not yet be given is at most what one read gave, or one pipe holds, 1 MiB. A pair that says \
            nothing costs no task and no buffer.
            """,
            """
            With `--fault`, `--up` and `--down` the link misbehaves on purpose, in one direction or both, for all \
            connections or some: FAULTS has what it can do, and CONTROL how that is changed while it runs.
            """,
            """
            The first SIGINT or SIGTERM is the order to finish: nothing more is accepted, pairs are closed that are silent \
            for 200 ms while nothing is on its way between them, and all others after 5 seconds; the status is 0. The \
            second one ends it at once. Whoever is cut off while bytes are on their way, by this, by `--close-after` or by \
            `--max-time`, is told of with what that cost.
            """,
            """
            What ends one pair, as `--max-bytes`, `--deadline` or `--idle-timeout`, is told with its error and does not \
            count for the status: the others go on.
            """,
        ],
        sections: [datagrams, .proxies, .tlsOfForwarders, .faults, .control, .proxyHeaders, .records, .gates, .events],
        exitNotes: replayed(
            Manual.exitNotes.filter {
                ["0", "64", "65", "66", "68", "69", "71", "73", "74", "75", "77", "128+n"].contains($0.status)
            }),
        examples: [
            Manual.Example(
                "sockctl listen 3001 --serve echo", "sockctl forward 3000 localhost:3001",
                "echo hello | sockctl dial 3000",
                shows: "A server, a forwarder before it, and a client that sees no difference."),
            Manual.Example(
                "sockctl listen 3001 --serve time", "sockctl forward -v unix:/tmp/time.sock 3001",
                "sockctl dial unix:/tmp/time.sock </dev/null",
                shows: "A Unix socket that leads to a TCP server; `-v` tells of each connection."),
            Manual.Example(
                "sockctl listen 3001 --serve time",
                "sockctl forward 3000 --target 127.0.0.1:3002 --target 127.0.0.1:3001 --max-accepts 1",
                "sockctl dial 3000 </dev/null",
                shows: "Two targets, of which one is not there: the other has the connection."),
            Manual.Example(
                "sockctl listen 1080 --serve proxy", "sockctl listen 3001 --serve echo",
                "sockctl forward 3000 --proxy socks5h://127.0.0.1:1080 localhost:3001",
                "echo hello | sockctl dial 3000",
                shows: "Clients that know nothing of proxies get through one, which also looks up the target's name."),
            Manual.Example(
                "sockctl listen 3001 --serve echo",
                "sockctl forward 3000 3001 --record /tmp/talk.pcapng --record-json /tmp/talk.json",
                "echo hello | sockctl dial 3000",
                shows: """
                    What is said is kept, as a capture for Wireshark and as JSON Lines. Afterwards \
                    `sockctl forward --replay /tmp/talk.json 3001` says it again, and sees whether the answer is the same.
                    """),
            Manual.Example(
                "sockctl listen -u 3001 --serve time", "sockctl forward -u -v 3000 3001",
                "sockctl udp-send --wait 2s 127.0.0.1:3000 'what time is it?'",
                shows: "Datagrams: the answer comes from where the question was sent to."),
            Manual.Example(
                "sockctl listen 3001 --serve time", "sockctl forward 3000 3001 --down latency=200ms,jitter=50ms",
                "sockctl dial 3000 </dev/null",
                shows: "A link that is slow on the way back."),
            Manual.Example(
                "sockctl listen -u 3001 --serve echo", "sockctl forward -u -v 3000 3001 --up loss=20%,duplicate=20%",
                "sockctl udp-send --count 100 127.0.0.1:3000 'are you there?'",
                shows: "Datagrams that get lost, and some that come twice; the summary at the end says how many."),
            Manual.Example(
                "sockctl listen 3001 --serve chargen", "sockctl forward 3000 3001 --fault reset-after=64K",
                "sockctl dial 3000 </dev/null >received",
                shows: "A link that breaks after 64 KiB: the client's status is 74."),
            Manual.Example(
                "sockctl listen 3001 --serve echo", "sockctl forward 3000 3001 --control unix:/tmp/control.sock",
                #"echo '{"do":"add","fault":"latency=100ms"}' | sockctl dial unix:/tmp/control.sock"#,
                "echo hello | sockctl dial 3000",
                shows: "A link that becomes slow while it is used."),
        ],
        seeAlso: ["sockctl", "sockctl-listen", "sockctl-dial", "socat", "tcp(7)", "unix(7)"],
        caveats: [
            """
            A bare port listens on 127.0.0.1 only. To be reached from elsewhere, say so: `sockctl forward :3000 ...`.
            """,
            """
            The target sees this machine's address and not the peer's, unless both speak the PROXY protocol.
            """,
            """
            What is recorded is copied through this program, and no longer passed on inside the kernel: it costs \
            processor time. A record holds all that goes by, passwords as well.
            """,
        ]
    )
}
