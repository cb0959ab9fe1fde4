/// `sockctl listen`: waits for peers and joins or serves them.
enum ListenCommand: Subcommand {
    static let name = "listen"

    static let command = Command(
        name: name,
        abstract: "Wait for a peer and talk to it",
        manual: manual,
        defaults: ListenArguments(),
        rows: ListenArguments.rows,
        further: TLSArguments.further(of: { TLSArguments.serverRows.lifted(through: \.tls) }),
        rules: ListenArguments.rules,
        foreignFlags: [
            ForeignFlag("-l", "--listen", advice: "listen is the command: sockctl listen 3000"),
            ForeignFlag("-p", "--source-port", advice: "the port is the address: sockctl listen 3000"),
            ForeignFlag("-s", "--source", advice: "the address says where to listen: sockctl listen 127.0.0.1:3000"),
            ForeignFlag("-d", advice: "use --recv-only"),
            ForeignFlag("-D", advice: "use --trace"),
            ForeignFlag("-W", advice: "use --count"),
            ForeignFlag("--version", advice: "use: sockctl --version"),
        ] + ForeignFlag.ofPeers(listening: true),
        validate: { (arguments: ListenArguments) throws(UsageError) in try arguments.validate() }
    )

    static func run(_ arguments: ListenArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        try await Listen(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            `listen` waits on an address. It accepts one peer, closes the listening socket, so that a second client is \
            refused rather than kept waiting, and joins the peer to standard input and output until both have ended.
            """,
            """
            With `--keep-open` it goes on accepting, any number of peers at once. With `--serve` it does something else \
            with them, as the small servers of old do: echo, discard, chargen, or the time as a line of text; or it joins \
            them to each other, as a chat or a broker; or it leads them on, as a proxy. With `--exec` or `--sh-exec` each peer is joined to a program of its own.
            """,
            """
            Once the socket accepts, a line `listening` on standard error says where. It is flushed at once: a script \
            waits for it instead of sleeping, and learns from it the port that 0 picked.
            """,
            """
            A server, with `--keep-open` or `--serve`, takes the first SIGINT or SIGTERM as the order to finish: it \
            closes, peers that are silent for 200 ms are parted from, all others after 5 seconds, and its status is 0. The \
            second signal ends it at once.
            """,
        ],
        sections: [
            .endOfData, .programs, .framing, .packets, .rooms, .gates, .tlsOfServers, .proxyServer,
            Manual.Section(
                "UNIX SOCKETS",
                """
                The socket's file gets the permissions of `--mode` and is removed at the end, also after SIGINT and \
                SIGTERM. A stale file is replaced only if nobody listens on it; a file that is not a socket never is. \
                Abstract names, as `unix:@name`, have no file.
                """
            ),
            Manual.Section(
                "SOCKETS THAT WERE GIVEN",
                """
                With `--activated` the socket is systemd's: of a unit with `ListenStream=3000`, or what \
                systemd-socket-activate(1) makes. With `--inetd` it is standard input, and with `--fd` any descriptor. It is \
                used as it is: its address, its queue and its file are those of whoever made it.
                """
            ),
            .ioModels, .events,
        ],
        exitNotes: Manual.exitNotesWithPrograms,
        examples: [
            Manual.Example(
                "sockctl listen 3000",
                shows:
                    "Wait for one peer on 127.0.0.1, port 3000, and talk to it: sockctl dial 3000 in another terminal."),
            Manual.Example(
                "sockctl listen 3000 --serve time", "sockctl dial 3000",
                shows:
                    "A server that tells the time, and a client that asks it. The server runs until it is interrupted."),
            Manual.Example(
                "sockctl listen 3000 >copy </dev/null", "sockctl dial 3000 <report",
                shows: """
                    Receive a file. Standard input is empty, so listen sends no FIN of its own before the sender has \
                    ended.
                    """),
            Manual.Example(
                "sockctl listen -k -v -m 2 3000",
                shows: "Talk to two peers at once; a third is accepted, closed and reported, as -v shows."),
            Manual.Example(
                "sockctl listen -U /tmp/echo.sock --serve echo", "echo hello | sockctl dial -U /tmp/echo.sock",
                shows: "The same servers work on Unix sockets."),
            Manual.Example(
                #"sockctl listen 3000 --serve echo -v -i 300ms --goodbye 'goodbye\n'"#, "sleep 1 | sockctl dial 3000",
                shows: "A server that tells a silent peer goodbye, and closes; any byte would have put that off."),
            Manual.Example(
                "sockctl listen 3000 -v --read-size 10 --first-read-delay 200ms </dev/null",
                "printf 0123456789ABCDE | sockctl dial 3000",
                shows: "15 bytes in a buffer of 10: one read gives 10 and the next gives 5."),
            Manual.Example(
                "sockctl listen -k 3000 -e -- tr a-z A-Z", "echo hello | sockctl dial 3000",
                shows: "A program for each peer: this one gives back what it reads in capital letters."),
            Manual.Example(
                "sockctl listen 3000 -c 'echo hello, $SOCKCTL_REMOTE_ADDR; sort'",
                "printf 'b\\na\\n' | sockctl dial 3000",
                shows: "A line of the shell, which greets the peer, and answers once it has sent everything."),
            Manual.Example(
                "sockctl listen 3000 --pty -c 'stty -echo; exec cat'", "echo hello | sockctl dial 3000",
                shows: "A program on a terminal: the peer's end is typed there as the end of the input."),
            Manual.Example(
                "sockctl listen -k --no-accept 3000", "echo hello | sockctl dial -q 0 3000",
                shows: "Nobody accepts, and still the dial succeeds and its bytes are taken: by the kernel's queue."),
            Manual.Example(
                "sockctl listen 3000 --frame length:4 </dev/null",
                "printf 'one\\ntwo\\n' | sockctl dial 3000 --frame length:4",
                shows: "Two messages that arrive as two, each with its length in four bytes before it on the wire."),
            Manual.Example(
                "sockctl listen 3000 --serve frames", "printf 'one\\ntwo\\n' | sockctl dial -v 3000 --submit",
                shows: "A server of the packets above, and a client that tells each answer's round trip."),
            Manual.Example(
                "sockctl listen :3000 --serve echo --allow '127.0.0.0/8 ::1' --deny 127.0.0.9",
                "echo hello | sockctl dial 3000",
                shows: "Every interface hears, and only this machine is served, but for one of its addresses."),
            Manual.Example(
                "sockctl listen 3000 --serve chat", "printf 'hello\\n' | sockctl dial 3000",
                shows:
                    "A chat: who dials says hello to everybody there, and to the host. What the host types goes to all."
            ),
            Manual.Example(
                "sockctl listen 3000 --serve broker --queue 4M --slow skip", "echo news | sockctl dial 3000",
                shows: "Pass on whatever comes to all the others; one that is 4 MiB behind misses the oldest lines."),
            Manual.Example(
                "sockctl listen 3000 --serve proxy", "sockctl listen 3001 --serve time",
                #"printf 'CONNECT localhost:3001 HTTP/1.0\r\n\r\n' | sockctl dial 3000"#,
                shows: "A proxy on one port for SOCKS and HTTP, and a client that asks it for the time elsewhere."),
            Manual.Example(
                "sockctl listen :3000 --serve proxy --proxy-auth ann:secret --target-deny 10.0.0.0/8",
                shows: "A proxy for everybody who has the password, that leads to no machine of this network."),
            Manual.Example(
                "sockctl listen -u 3000 --count 1 </dev/null", "echo hello | sockctl dial -u 3000",
                shows: "Print one datagram and end."),
            Manual.Example(
                "sockctl listen 3000 --readers 2 --read-size 4 -vv </dev/null", "printf world | sockctl dial 3000",
                shows: "Two tasks read one connection: one gets worl, the other d, and no byte is read twice."),
            Manual.Example(
                "sockctl listen 3000 --io-model spin --max-accepts 1 -v", "(sleep 0.5; echo hello) | sockctl dial 3000",
                shows: """
                    What it costs to wait half a second by asking again and again; try `blocking`, `epoll` and `uring` \
                    beside it.
                    """),
            Manual.Example(
                "sockctl listen --json --timeout 5s 0 </dev/null",
                shows: "Pick a free port, tell it as JSON, and give up after five seconds with status 75."),
        ],
        seeAlso: ["sockctl", "sockctl-dial", "nc", "listen(2)", "io_uring(7)", "tcp(7)", "unix(7)"],
        caveats: [
            """
            A bare port listens on 127.0.0.1 only. To be reached from elsewhere, say so: `sockctl listen :3000`.
            """,
            """
            A peer that the kernel has accepted into the queue is connected as far as it knows, and may send, even if \
            `listen` never takes it.
            """,
        ]
    )
}
