import SockKit

/// A client that chooses its own end.
enum LocalAddress: Experiment {
    static let title = "A client that asks for a local port is bound before it connects, and only once"
    static let covers = [36]
    static let documents = [SourceDocument.internals]
    static let claim = """
        If a local address is given, the socket is bound to it before it connects; without one connect chooses.
        """
    static let question = "A client dials twice from the same local port. What does the server see, and what fails?"

    static let expectations = [
        Expectation(
            says: "With a local address the socket is bound first, then connected.",
            here:
                "the client asked for port {asked}; bound to {bound} before connect(2), and the server saw port {seen}",
            why:
                "bind(2) fixes the near end; connect(2) would otherwise choose an address by the route, and a free port.",
            holds: .equal("seen", to: "asked"), .equal("bound", to: "asked")),
        Expectation(
            here: "bound to it again at once, without an option: {again}; with SO_REUSEADDR: {reuse}",
            why: """
                The client closed first, so its port is in TIME-WAIT for a minute. Whoever needs a fixed local port has \
                to set SO_REUSEADDR each time (socket(7)); this program does.
                """,
            holds: .equal("again", "EADDRINUSE"), .equal("reuse", "ok")),
        Expectation(
            here:
                "while a connection has the four numbers, a second one of the same numbers met {twice} at {twice call}",
            why: """
                A connection is known by its four numbers; there cannot be two of them. To another port of the server \
                the same local port would do.
                """,
            holds: .equal("twice", "EADDRNOTAVAIL"), .equal("twice call", "connect")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time -v
        ...
        accepted 127.0.0.1:3001, connection 1
        ...
        2$ sockctl dial -v --source 127.0.0.1:3001 127.0.0.1:3000
        ...
        2026-11-28 17:08:47
        ...
        """

    static let lesson = """
        Let the kernel choose a client's port. A fixed one allows one connection to a server at a time. If the client \
        closes first, the next one may have to wait for a minute; on loopback Linux reuses it sooner (tcp_tw_reuse).
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen(.tcp4)
        // The kernel knows a port that is free.
        let finder = try stage.client.quiet.socket()
        finder.bind(.ip(.v4Loopback, port: 0))
        let source = finder.endpoint
        finder.close()
        stage.found("asked", .number(Int(source.port ?? 0)))

        await stage.step("A client dials from a port of its choice, with the bare system calls")
        let first = try stage.client.socket()
        // Its successor with the option can only have the port if it had the option as well.
        first.set(.reuseAddress)
        first.bind(source)
        stage.found("bound", .number(Int(first.endpoint.port ?? 0)))
        let connect = first.connect(listener.endpoint)
        try stage.require(
            connect == "ok" || connect == "EINPROGRESS", else: "connect(2) to \(listener.endpoint) met \(connect)")
        let server = try await listener.accept()
        stage.found("seen", .number(Int(server.connection.remoteEndpoint.port ?? 0)))

        await stage.step("A second dial with the same four numbers")
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(listener, Dialer(timeout: .seconds(5), source: source))
        }
        stage.found("twice", .text(error?.code ?? "connected"))
        stage.found("twice call", .text(error?.call ?? ""))

        await stage.step("The client closes first; its port is wanted again")
        first.close()
        await stage.kernel.reaches(.closeWait, server, meaning: "the client's FIN has come")
        server.close()
        await stage.pause(.milliseconds(5))
        stage.kernel.inferred("TIME-WAIT for 60 s at the client's port")
        let plain = try stage.client.socket()
        stage.found("again", .text(plain.bind(source)))
        plain.close()
        let reusing = try stage.client.socket()
        reusing.set(.reuseAddress)
        stage.found("reuse", .text(reusing.bind(source)))
    }
}
