/// `sockctl dial`: connects to a peer and joins it to standard input and output.
enum DialCommand: Subcommand {
    static let name = "dial"

    static let command = Command(
        name: name,
        abstract: "Connect to a peer and talk to it",
        manual: manual,
        defaults: DialArguments(),
        rows: DialArguments.rows,
        further: TLSArguments.further(of: { TLSArguments.clientRows.lifted(through: \.tls) }),
        foreignFlags: [
            ForeignFlag("-l", "--listen", advice: "use: sockctl listen 3000"),
            ForeignFlag("-d", advice: "use --recv-only"),
            ForeignFlag("-k", advice: "use --keepalive to probe a silent peer, or: sockctl listen -k"),
            ForeignFlag("--keep-open", advice: "use: sockctl listen --keep-open"),
            ForeignFlag("-D", advice: "use --trace"),
            ForeignFlag("-W", advice: "use --count"),
            ForeignFlag("--version", advice: "use: sockctl --version"),
        ] + ForeignFlag.ofPeers(listening: false),
        validate: { (arguments: DialArguments) throws(UsageError) in try arguments.validate() }
    )

    static func run(_ arguments: DialArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        if arguments.scan.isOn, arguments.tls.isOn { return try await CertificateLook(arguments, conductor).run() }
        return arguments.scan.isOn
            ? try await Scan(arguments, conductor).run() : try await Dial(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            `dial` connects to an address and joins the connection to standard input and output, or with `--exec` or \
            `--sh-exec` to a program, until both have ended.
            """,
            """
            A name is resolved first. All its addresses are tried, within one `--timeout`, until one connects; if it \
            has addresses of both families they race, the first with a head start of `--fallback-delay`. The error \
            reported is that of the first address.
            """,
            """
            With `-v` it tells how long it took to resolve, to connect and to get the first byte, and at the end the \
            bytes and rates of each direction and what the kernel knows of the connection: its round trip, \
            retransmissions and segments.
            """,
        ],
        sections: [
            .endOfData, .programs, .stayingConnected, .proxies, .tlsOfClients, .scanning, .framing, .packets, .events,
        ],
        exitNotes: Manual.exitNotesWithScans,
        examples: [
            Manual.Example(
                "sockctl listen 3000", "sockctl dial 3000",
                shows: "Two terminals that talk to each other over 127.0.0.1, port 3000."),
            Manual.Example(
                "sockctl listen 3000 --serve echo", "echo hello | sockctl dial -v 3000",
                shows: """
                    Send a line to an echo server and get it back. The end of standard input half-closes the \
                    connection, the server ends too, and the report follows.
                    """),
            Manual.Example(
                "sockctl dial 127.0.0.1:9",
                shows: "Nobody listens on port 9: the error says so, with a hint, and the status is 69."),
            Manual.Example(
                "sockctl listen 3000 --serve chargen", "sockctl dial 3000 </dev/null | head -1",
                shows: "A reader that has had enough ends the program quietly."),
            Manual.Example(
                "sockctl listen 3000 --serve echo --frame line --max-frame 256",
                "printf 'one\\r\\ntwo' | sockctl dial 3000 --frame line -C",
                shows: "Exchange lines of at most 256 bytes, with CR LF on the way out and without on the way in."),
            Manual.Example(
                "sockctl listen 3000 --serve frames", "seq 1000 | sockctl dial 3000 --submit --window 1",
                shows: "A request and its response, a thousand times on one connection, and how long each took."),
            Manual.Example(
                "sockctl listen 3000 --serve time",
                "sockctl dial --resolve clock.test=127.0.0.1 --timeout 2s clock.test 3000",
                shows: "Connect by a name that no name server knows."),
            Manual.Example(
                "sockctl listen 3000 --serve discard",
                "sleep 1 | sockctl dial --read-timeout 200ms --keep-going 2 3000",
                shows: """
                    Wait for an answer that does not come, 200 ms at a time: two time-outs are reported and gone on \
                    after, the third is the end, with status 75.
                    """),
            Manual.Example(
                "sockctl listen 3000 --serve echo", #"sockctl dial --send 'ping\n' --count 10 3000"#,
                shows: "Send a line ten times, each when the last was answered, and tell the round trips."),
            Manual.Example(
                "sockctl listen -u 3000 --serve echo", "sockctl dial -u --send ping --count 3 --interval 100ms 3000",
                shows: "The same with datagrams, ten a second; one without an answer is told as lost."),
            Manual.Example(
                "sockctl dial --retry 3 --retry-delay 50ms 3000",
                shows: "Wait for a server to appear, but not for long: nobody comes, and the status is 69."),
            Manual.Example(
                "sockctl dial --proxy socks5h://127.0.0.1:9 example.org 80",
                shows:
                    "A proxy that is not there: the error names it, nobody has looked up example.org, the status is 69."
            ),
            Manual.Example(
                "sockctl listen -k 3000 --serve discard", "sockctl dial -z 127.0.0.1 3000,1-1023,http",
                shows: "See which of these ports of this machine are open."),
            Manual.Example(
                "sockctl listen -k 3000 --serve time",
                "sockctl dial -zv --banner 500ms -w 1s 127.0.0.1:3000 '[::1]:3001'",
                shows: "Two places, also if nobody listens there, and what an open port says by itself."),
            Manual.Example(
                "sockctl listen -u 3000 --serve echo", "sockctl dial -uz -w 300ms 127.0.0.1 3000",
                shows: "A port of UDP is open if it answers; without an answer it is not said to be."),
            Manual.Example(
                "sockctl listen -k 3000 --serve discard",
                "sockctl dial --heartbeat 100ms --heartbeat-misses 3 3000 </dev/null",
                shows: "Say `hello, server` ten times a second; this server never answers, and the status is 75."),
            Manual.Example(
                "sockctl listen 3000 --serve time",
                "sockctl dial --reconnect --heartbeat 1s --max-time 500ms 3000 </dev/null",
                shows: """
                    A server that ends each connection is dialled again and again, with a pause, until the time is up: \
                    the status is 75.
                    """),
            Manual.Example(
                "sockctl listen 3000 --serve echo",
                "sockctl dial 3000 -c 'echo question; read x; test \"$x\" = question'",
                shows: "A program that asks a server, and whose status says whether the answer was right."),
            Manual.Example(
                "sockctl listen 3000 --tls --serve echo",
                "echo hello | sockctl dial --tls --tls-insecure --tls-half-close 3000",
                shows: """
                    TLS with a server that made its own certificate. In place of trusting anybody, give the pin that it \
                    says: --tls-pin.
                    """),
            Manual.Example(
                "sockctl listen 3000 --serve discard", "echo hello | sockctl dial -vv --congestion reno 3000",
                shows: "Choose the congestion control, and see what the kernel made of all the options."),
            Manual.Example(
                "sockctl listen 3000 --serve discard", "sockctl dial --trace --send-only 3000 <report",
                shows: "See every system call that it takes to send a file."),
            Manual.Example(
                "sockctl listen 3000 --serve discard --message-size 1M --max-accepts 1",
                "sockctl dial 3000 --writers 2 --messages 5 --sndbuf 64K --unlocked",
                shows: """
                    Two writers that do not take turns: the listener counts the torn messages. Without `--unlocked` \
                    there are none; with `--split` instead there are, since a message is then two writes.
                    """),
        ],
        seeAlso: ["sockctl", "sockctl-listen", "nc", "connect(2)", "tcp(7)", "unix(7)"],
        caveats: [
            """
            That a connection stands does not mean that anybody has accepted it: the kernel connects as long as the \
            listener's queue has room. That a write succeeded does not mean that anything has arrived.
            """,
            """
            A datagram that nobody receives is lost without a word. Only a refusal is reported, and only if it comes \
            before the program ends.
            """,
        ]
    )
}
