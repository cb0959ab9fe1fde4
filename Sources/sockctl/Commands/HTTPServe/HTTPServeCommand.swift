/// `sockctl http-serve`: answers HTTP requests.
enum HTTPServeCommand: Subcommand {
    static let name = "http-serve"

    static let command = Command(
        name: name,
        abstract: "Answer HTTP requests",
        manual: manual,
        defaults: HTTPServeArguments(),
        rows: HTTPServeArguments.rows,
        foreignFlags: [
            ForeignFlag("-p", "--port", "--bind", "-b", advice: "the address is an argument: sockctl http-serve :8080"),
            ForeignFlag("-k", "--keep-open", advice: "http-serve goes on accepting until it is told to finish"),
            ForeignFlag("-u", "--udp", advice: "HTTP/1.1 is spoken on streams"),
            ForeignFlag("-D", advice: "use --trace"),
            ForeignFlag("--version", advice: "use: sockctl --version"),
        ]
    )

    static func run(_ arguments: HTTPServeArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        try await HTTPServe(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            `http-serve` answers HTTP/1.0 and HTTP/1.1 requests until it is interrupted, any number of connections at \
            once: kept connections, requests that come before the last was answered, chunked content both ways, HEAD, \
            and `Expect: 100-continue`.
            """,
            """
            Once the socket accepts, a line `listening` on standard error says where: a script waits for it. Port 80, \
            which is the default, is the superuser's on most systems; any port above 1023 will do for everybody.
            """,
            """
            With `-v` a line on standard error tells of each answer, and of each request that was refused and why; with \
            `--trace` the heads of both are shown as they went over the wire, among the system calls.
            """,
            """
            The first SIGINT or SIGTERM is the order to finish: nothing more is accepted, idle connections are closed, \
            what is running is answered within `--grace`, and the status is 0. The second one ends it at once.
            """,
        ],
        sections: [
            Manual.Section(
                "PATHS",
                .terms([
                    ("/", "A list of these."),
                    ("/time", "The time here, as Go's `time.Now().String()` writes it, as one line."),
                    (
                        "/headers",
                        "The fields of the request, one `Name:value` a line; the field Host, as in Go, is left out."
                    ),
                    ("/echo", "The content of the request; the head of a request that has none."),
                    ("/delay/D", "An answer after the duration D, at most an hour."),
                    ("/bytes/N", "N bytes; K, M and G count in steps of 1024."),
                    ("/status/N", "An answer with the status N, from 200 to 599."),
                    ("/stream/N", "N chunks, one every 100 ms."),
                ])
            ),
            Manual.Section(
                "REFUSALS",
                """
                What breaks the grammar of RFC 9112 is refused with 400, or 501, 505, 431, 414 or 413 where these fit, \
                and the connection closed: after such a request nobody can tell where the next one begins. What the \
                client still sends is read and dropped, at most 256 KiB and a second, so that the answer is not lost to \
                a reset.
                """
            ),
            .events,
        ],
        exitNotes: Manual.exitNotes.filter {
            ["0", "64", "66", "68", "71", "73", "75", "77", "128+n"].contains($0.status)
        },
        examples: [
            Manual.Example(
                "sockctl http-serve 3000", "printf 'GET /time HTTP/1.0\\r\\n\\r\\n' | sockctl dial 3000",
                shows: "A server, and a client that speaks HTTP/1.0 by hand: the server closes behind its answer."),
            Manual.Example(
                "sockctl http-serve -v 3000",
                "printf 'GET /headers HTTP/1.1\\r\\nHost: a\\r\\nX-A: 1\\r\\nX-A: 2\\r\\n\\r\\n' | sockctl dial 3000",
                shows:
                    "Several fields of one name stay several lines; the end of the client's input ends the connection."),
            Manual.Example(
                "sockctl http-serve --log combined 3000",
                "printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /time HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n' | sockctl dial 3000",
                shows: "Two requests in one write, answered in order, and an access log."),
        ],
        seeAlso: ["sockctl", "sockctl-listen", "sockctl-dial", "curl", "RFC 9110", "RFC 9112"],
        caveats: [
            """
            A bare port listens on 127.0.0.1 only. To be reached from elsewhere, say so: `sockctl http-serve :3000`.
            """
        ]
    )
}
