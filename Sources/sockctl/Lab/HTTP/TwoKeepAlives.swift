import SockKit

/// Two things of one name.
enum TwoKeepAlives: Experiment {
    static let title = "TCP's keep-alive probes a silent peer, HTTP's keeps a connection"
    static let covers = [116]
    static let documents = [SourceDocument.processes]
    static let claim = """
        Dialer.KeepAlive is not HTTP's persistence: it makes the kernel probe a silent connection, by default of \
        DefaultTransport every 30 seconds. ListenAndServe switches this probing on for each connection that it accepts.
        """
    static let question =
        "Which sockets of a web server and a client have TCP keep-alive, and does that keep an HTTP connection open?"

    static let expectations = [
        Expectation(
            says: "The server switches TCP keep-alive on for accepted connections.",
            here: "an accepted connection has keep-alive {server}, after {server idle} s of silence",
            why: "Accepted sockets inherit SO_KEEPALIVE and its times from the listening one. Go sets 15 seconds.",
            holds: .equal("server", "on"), .equal("server idle", "15")),
        Expectation(
            says: "The client's transport has keep-alive of 30 seconds.",
            here: "the client's connection has keep-alive {client}, after {client idle} s of silence",
            why:
                "These are TCP_KEEPIDLE and TCP_KEEPINTVL (tcp(7)). A socket for which nobody asks has it off: {plain} here.",
            holds: .equal("client", "on"), .equal("client idle", "30"), .equal("plain", "off")),
        Expectation(
            says: "It is something else than HTTP's persistent connections.",
            here:
                "with TCP keep-alive {closing} a request with Connection: close was answered, and the server closed: {end}",
            why: """
                HTTP's field is an agreement of two programs about the next request. The kernel's probes are empty segments \
                that no program sees. Neither knows of the other.
                """,
            holds: .equal("closing", "on"), .equal("end", "EOF")),
    ]

    static let commands = """
        1$ sockctl http-serve --trace 3000
        setsockopt(6, SOL_SOCKET, SO_KEEPALIVE, 1) = 0              1 µs
        setsockopt(6, IPPROTO_TCP, TCP_KEEPIDLE, 15) = 0            1 µs
        ...
        2$ sockctl http-get --trace http://127.0.0.1:3000/time
        setsockopt(7, SOL_SOCKET, SO_KEEPALIVE, 1) = 0              2 µs
        setsockopt(7, IPPROTO_TCP, TCP_KEEPIDLE, 30) = 0            1 µs
        ...
        """

    static let lesson = """
        Probes find peers that have vanished without a word; persistence saves handshakes. A connection may have either \
        without the other.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A web server's listener, and a client of a transport")
        let server = HTTPServer(BuiltInPaths())
        let configuration = server.configuration
        let listener = try await stage.server.call(
            "listen, as the web server does",
            { () async throws(NetworkError) in try await configuration.listen(.tcp, "127.0.0.1:0") },
            result: { Party.brief($0.endpoint) })
        stage.atEnd { listener.close() }
        let client = try await stage.client.dial(.tcp, "\(listener.endpoint)", TransportRules().dialer)
        let accepted = try await LabListener(listener, of: stage.server).accept()
        keep(stage, accepted, "server")
        keep(stage, client, "client")

        await stage.step("A socket for which nobody asks")
        var options = SocketOptions()
        options.keepAlive = .off
        let plain = try await stage.another(.client, "plain").dial(
            .tcp, "\(listener.endpoint)", Dialer(options: options))
        keep(stage, plain, "plain")
        plain.close()

        await stage.step("A request that says close, over a connection with TCP keep-alive")
        let web = try await stage.server.serve(BuiltInPaths())
        let other = try await stage.client.dial(.tcp, "\(web.endpoint)", TransportRules().dialer)
        keep(stage, other, "closing")
        await other.write("GET /time HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        stage.found("end", .text(await other.readToEnd().code))
    }

    @Netpoller
    private static func keep(_ stage: Stage, _ end: LabConnection, _ name: String) {
        func value(_ fact: String) -> String {
            end.connection.socketFacts?.pairs.first { $0.name == fact }?.value ?? "not there"
        }
        let idle = value("keepalive idle")
        stage.kernel.says(
            "\(name): \(value("keepalive"))" + (idle == "not there" ? "" : ", idle \(idle) s"),
            source: "SO_KEEPALIVE, TCP_KEEPIDLE")
        stage.found(name, .text(value("keepalive")))
        stage.found("\(name) idle", .text(idle))
    }
}
