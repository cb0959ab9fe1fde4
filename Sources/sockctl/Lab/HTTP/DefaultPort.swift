import SockKit

/// ListenAndServe without an address.
enum DefaultPort: Experiment {
    static let title = "A web server without an address wants port 80, and says what listen says"
    static let covers = [109]
    static let documents = [SourceDocument.basics, .processes]
    static let claim = """
        ListenAndServe with an empty address listens at ":http", port 80 of every interface. If Listen fails, its error is \
        returned as it is; otherwise connections are served.
        """
    static let question =
        "Which port does a server without an address want, and what does it return where it cannot listen?"

    static let expectations = [
        Expectation(
            says: "An empty address is :http, port 80.",
            here: "the server wanted port {port}, and the outcome was {outcome}",
            why: """
                Ports below 1024 are for root, or whoever has CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start, here \
                {start}): others get EACCES. If somebody serves there already, it is EADDRINUSE.
                """,
            holds: .equal("port", 80), .one("outcome", of: ["listening", "EACCES", "EADDRINUSE"])),
        Expectation(
            says: "An error of Listen is returned as it is.",
            here: "at a port that is taken, listen said {listen}, and the server {serve}",
            why:
                "The server adds nothing: it is a TCP listener first, and everything about addresses and rights is decided there.",
            holds: .equal("serve", to: "listen"), .equal("listen", "EADDRINUSE")),
    ]

    static let commands = """
        1$ sockctl http-serve --trace 3000
        listen(6, 4096) = 0                                         4 µs
        ...
        2$ sockctl http-get --first-line http://127.0.0.1:3000/time
        HTTP/1.1 200 OK
        """

    static let lesson = """
        "http" in an address is only a name for 80. A server that shall run without root's rights listens at a port from 1024 \
        on, and something in front of it passes port 80 on.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let start = (try? FileCalls.contents(of: "/proc/sys/net/ipv4/ip_unprivileged_port_start")) ?? "1024"
        stage.found("start", .text(String(start.prefix { $0.isNumber })))

        await stage.step("A server without an address")
        let server = HTTPServer(BuiltInPaths())
        var port: UInt16?
        server.onListening = { port = $0.endpoint.port }
        let (outcome, wanted) = await listenAndServe(server, stage)
        stage.found("port", .number(Int(port ?? wanted ?? 0)))
        stage.found("outcome", .text(outcome))

        await stage.step("A server at a port that is taken")
        let taken = try await stage.server.listen()
        let address = "\(taken.endpoint)"
        let plain = try await stage.failure { () async throws(Interruption) in
            try await stage.server.listen(.tcp, address)
        }
        stage.found("listen", .text(plain.code))
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.server.call("ListenAndServe(\(Party.brief(address)))") { () async throws(NetworkError) in
                try await HTTPServer(BuiltInPaths()).listenAndServe(address)
            }
        }
        stage.found("serve", .text(error.code))
    }

    /// What came of it, and the port that an error names. A server that does listen is ended at once.
    @Netpoller
    private static func listenAndServe(_ server: HTTPServer, _ stage: Stage) async -> (String, UInt16?) {
        let place = stage.begin(.server, "ListenAndServe(\"\")")
        let listening = server.onListening
        var isListening = false
        server.onListening = { listener in
            listening?(listener)
            isListening = true
            Netpoller.spawn { await server.shutdown(grace: .zero) }
        }
        do throws(NetworkError) {
            try await server.listenAndServe()
            stage.finish(place, isListening ? "listening at :80, then shut down" : "ended")
            return ("listening", nil)
        } catch {
            stage.finish(place, Party.text(of: error), failed: true)
            return (error.code, error.local?.port)
        }
    }
}
