import SockKit

/// A time limit for each stage.
enum HttpTimeouts: Experiment {
    static let title = "Each stage of a request has a time limit of its own"
    static let covers = [113]
    static let documents = [SourceDocument.processes, .internals]
    static let claim = """
        DefaultTransport dials for at most 30 seconds and closes connections that were idle for 90. ResponseHeaderTimeout, from \
        the whole request to the head of the answer, is not set. 0 means no limit.
        """
    static let question = "Servers hang at different stages. Which limit ends the wait, and what does the error say?"

    static let expectations = [
        Expectation(
            says: "A dial that takes longer than the dialer's timeout fails.",
            here: "a host that answers no SYN: {dial} after {dial took}",
            why:
                "The request was never sent, so it is safe to send it again elsewhere. The operation in the error is dial.",
            holds: .equal("dial", "dial timeout"), .about("dial took", "limit")),
        Expectation(
            says: "ResponseHeaderTimeout counts from the written request to the head of the answer.",
            here: "a server that read the request and said nothing: {head} after {head took}",
            why: """
                The request has arrived, so nobody knows whether it was carried out. DefaultTransport sets no such limit, and \
                would have waited for ever.
                """,
            holds: .equal("head", "read timeout"), .about("head took", "limit"), .isTrue("default has none")),
        Expectation(
            says: "An idle connection is closed after IdleConnTimeout.",
            here:
                "a connection that nobody used was closed by the client after {idle took}; before, the server had {open:connection}",
            why:
                "Both sides pay for a connection that is kept. The client's default of 90 seconds says how long it is worth it.",
            holds: .equal("open", 1), .about("idle took", "limit"), .equal("left", 0)),
        Expectation(
            here: "the defaults are those of Go: dial {default dial}, idle {default idle}, TLS handshake {default TLS}",
            why:
                "A limit for each stage adds up to much more than a user waits: the client's own timeout bounds them all.",
            holds: .equal("default dial", .span(.seconds(30))), .equal("default idle", .span(.seconds(90))),
            .equal("default TLS", .span(.seconds(10)))),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ sockctl http-get --response-header-timeout 150ms http://127.0.0.1:3000/delay/5s
        sockctl: read tcp 127.0.0.1:48988->127.0.0.1:3000: no head of an answer came within the response header timeout
        2$ echo $?
        75
        """

    static let lesson = """
        The stage at which a timeout strikes says what may be done next: after a dial try again, after the request was sent only \
        if doing it twice does no harm.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(120), document: .seconds(1))
        stage.found("limit", .span(limit))
        let defaults = TransportRules()
        stage.found("default dial", .span(defaults.dialTimeout ?? .zero))
        stage.found("default idle", .span(defaults.idleConnTimeout ?? .zero))
        stage.found("default TLS", .span(defaults.tlsHandshakeTimeout ?? .zero))
        stage.found("default has none", .flag(defaults.responseHeaderTimeout == nil))

        await stage.step("A host that answers no SYN; the dial has \(Quantity.duration(limit))")
        let nowhere = try await stage.server.silence()
        var rules = TransportRules()
        rules.dialTimeout = limit
        try await fail(stage, rules, "\(nowhere.endpoint)", "dial")

        await stage.step("A server that reads and says nothing; the head has \(Quantity.duration(limit))")
        let mute = try await stage.server.listen()
        let hearing = stage.go { () async -> Void in
            guard let connection = try? await mute.accept() else { return }
            await connection.read(4096)
        }
        rules = TransportRules()
        rules.responseHeaderTimeout = limit
        try await fail(stage, rules, "\(mute.endpoint)", "head")
        await hearing.value
        try await idle(stage, limit)
    }

    /// A GET that fails: where and how, and after which time.
    @Netpoller
    private static func fail(
        _ stage: Stage, _ rules: TransportRules, _ host: String, _ name: String
    ) async throws(Interruption) {
        let client = HTTPClient(transport: Transport(rules: rules))
        let start = Deadline.now
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.get(client, "http://\(host)/")
        }
        stage.found("\(name) took", .span(.now - start))
        stage.found(name, .text(error.map { "\($0.operation.rawValue) \($0.code)" } ?? "nothing"))
    }

    @Netpoller
    private static func idle(_ stage: Stage, _ limit: Duration) async throws(Interruption) {
        await stage.step("A connection that is kept, for \(Quantity.duration(limit))")
        let web = try await stage.server.serve(BuiltInPaths())
        var rules = TransportRules()
        rules.idleConnTimeout = limit
        let client = HTTPClient(transport: Transport(rules: rules))
        let start = Deadline.now
        _ = try await stage.client.get(client, web.url("/time"))
        stage.found("open", .number(web.server.connections))
        _ = await stage.until { web.server.connections == 0 }
        stage.found("idle took", .span(.now - start))
        stage.found("left", .number(web.server.connections))
        stage.server.note("the connection has ended")
        withExtendedLifetime(client) {}
    }
}
