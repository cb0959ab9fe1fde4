/// `sockctl http-serve`: answers HTTP requests.
enum HTTPServeCommand: Subcommand {
    static let name = "http-serve"

    static let command = Command(
        name: name,
        abstract: "Answer HTTP requests",
        manual: manual,
        defaults: HTTPServeArguments(),
        rows: HTTPServeArguments.rows,
        further: TLSArguments.further(of: {
            TLSArguments.serverRows.filter { $0.info.name != "tls-half-close" }.lifted(through: \.tls)
        }),
        foreignFlags: [
            ForeignFlag("-p", "--port", "--bind", "-b", advice: "the address is an argument: sockctl http-serve :8080"),
            ForeignFlag("-d", "--directory", "--dir", advice: "use --root"),
            ForeignFlag("-k", "--keep-open", advice: "http-serve goes on accepting until it is told to finish"),
            ForeignFlag("-u", "--udp", advice: "HTTP/1.1 is spoken on streams"),
            ForeignFlag("-D", advice: "use --trace"),
            ForeignFlag("--version", advice: "use: sockctl --version"),
        ],
        validate: { (arguments: HTTPServeArguments) throws(UsageError) in try arguments.validate() }
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
            The first SIGINT or SIGTERM is the order to finish: `server closed` is said, and for how many it waits; \
            nothing more is accepted, idle connections are closed, what is running is answered within `--grace`, and the \
            status is 0. The second one ends it at once.
            """,
        ],
        sections: [
            Manual.Section(
                "PATHS",
                "These are answered without any file, and with `--root` wherever no file or folder has the name:",
                .terms([
                    ("/", "A list of these; with `--root` the folder itself."),
                    ("/time", "The time here, as Go's `time.Now().String()` writes it, as one line."),
                    (
                        "/headers",
                        "The fields of the request, one `Name:value` a line; the field Host, as in Go, is left out."
                    ),
                    ("/echo", "The content of the request; the head of a request that has none."),
                    ("/delay/D", "An answer after the duration D, at most an hour."),
                    ("/bytes/N", "N bytes; K, M and G count in steps of 1024."),
                    ("/status/N", "An answer with the status N, from 200 to 599; 204, 205 and 304 have no content."),
                    ("/stream/N", "N chunks, one every 100 ms."),
                ])
            ),
            Manual.Section(
                "FILES",
                """
                With `--root`, a path that names a file of the folder is answered with it: with its type by its name, \
                its length, the date of its last change and a tag for the version (ETag). Of a file that is as the \
                client knows it only the head is sent (304), and of one that was asked for in part that part (206). A \
                folder is answered with its index.html, or a page that lists it. Pipes, sockets and devices are not \
                served. The kernel itself sees to it that no path leads out (openat2 with RESOLVE_BENEATH, which Linux \
                has since 5.6).
                """
            ),
            Manual.Section(
                "UPLOADS",
                """
                With `--upload`, PUT stores its content under its path: 201, or 204 where it replaced a file, which takes \
                `--overwrite`. 409 says that the name is taken or the folder missing, 411 that the content has no length \
                and no chunks, 412 that If-Match or the like does not hold, at the beginning or at the end, 414 that the \
                name is too long for a file, 507 that the disk is full or the file larger than this program may make \
                one. Until it is whole the file has no name, so that nobody reads a part of it; file systems that must \
                give it one have it as `.upload-` and random letters meanwhile.
                """
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
            .gates, .tlsOfWebServers, .events,
        ],
        exitNotes: Manual.exitNotes.filter { ["0", "64"].contains($0.status) } + [
            Manual.ExitNote(status: "65", meaning: "A certificate, a key or a file of rules is none.")
        ] + Manual.exitNotes.filter { ["66", "68", "71", "73", "75", "77", "128+n"].contains($0.status) },
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
            Manual.Example(
                "sockctl http-serve --root . 3000",
                "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | sockctl dial 3000 | head -1",
                shows: "The files of this folder; a browser shows a page of them."),
            Manual.Example(
                "sockctl http-serve --root . --upload --auth ann:secret 3000",
                "printf 'PUT /a HTTP/1.0\\r\\nContent-Length: 2\\r\\n\\r\\nhi' | sockctl dial 3000 | head -1",
                shows: "Files are taken too, from who knows the password; anybody else is told 401."),
        ],
        seeAlso: ["sockctl", "sockctl-listen", "sockctl-dial", "curl", "RFC 9110", "RFC 9112"],
        caveats: [
            """
            A bare port listens on 127.0.0.1 only. To be reached from elsewhere, say so: `sockctl http-serve :3000`.
            """
        ]
    )
}
