import SockKit

/// One connection for many requests, or one for each.
enum KeepAliveReuse: Experiment {
    static let title = "HTTP/1.1 uses a connection again, unless somebody says close"
    static let covers = [115]
    static let documents = [SourceDocument.processes]
    static let claim = """
        In HTTP/1.1 connections are persistent. With DisableKeepAlives each request says "Connection: close" and gets a \
        connection of its own, which costs both sides time.
        """
    static let question = "A client sends three requests, one after the other. Over how many connections do they come?"

    static let expectations = [
        Expectation(
            says: "In HTTP/1.1 the connection is kept and used again.",
            here: "three requests came over {kept:connection}; the field Connection was {kept field}",
            why: "Nothing has to be said: persistence is the default of HTTP/1.1 (RFC 9112).",
            holds: .equal("kept", 1), .equal("kept field", "not sent")),
        Expectation(
            says: "With DisableKeepAlives each request has a connection of its own and says close.",
            here: "three requests came over {single:connection}; the field Connection was {single field}",
            why: "The server closes behind its answer, as it was asked to, and the client dials again.",
            holds: .equal("single", 3), .equal("single field", "close")),
        Expectation(
            here: "the server saw {dials:connection} in all for six requests",
            why: "Each new connection costs a handshake, a slow start, and for some time a port in TIME_WAIT.",
            holds: .equal("dials", 4)),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ sockctl http-get --repeat 3 http://127.0.0.1:3000/time
        new connections     1
        reused connections  2
        ...
        2$ sockctl http-get --repeat 3 --disable-keepalives http://127.0.0.1:3000/time
        new connections     3
        reused connections  0
        ...
        """

    static let lesson = """
        Make one client and use it for everything: the connections are its. A new client for each request is \
        DisableKeepAlives by accident.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let fields = Seen<String>()
        let recorder = stage.recordCalls()
        let web = try await stage.server.serve(
            LabHandler { exchange throws(NetworkError) in
                fields.add(exchange.request.fields["connection"] ?? "not sent")
                try await exchange.respond(200, body: Array("ok".utf8))
            })

        await stage.step("Three requests of one client")
        try await three(stage, TransportRules(), web)
        keep(stage, "kept", recorder.calls(), fields.all)
        let mark = recorder.mark

        await stage.step("The same with DisableKeepAlives")
        var rules = TransportRules()
        rules.disableKeepAlives = true
        try await three(stage, rules, web)
        keep(stage, "single", recorder.calls(since: mark), Array(fields.all.dropFirst(3)))
        stage.found("dials", .number(accepts(in: recorder.calls())))
    }

    @Netpoller
    private static func three(_ stage: Stage, _ rules: TransportRules, _ web: LabWeb) async throws(Interruption) {
        let client = HTTPClient(transport: Transport(rules: rules))
        for number in 1...3 { _ = try await stage.client.get(client, web.url("/\(number)")) }
    }

    @Netpoller
    private static func keep(_ stage: Stage, _ name: String, _ calls: [SystemCallRecord], _ fields: [String]) {
        stage.found(name, .number(accepts(in: calls)))
        stage.found("\(name) field", .text(Set(fields).sorted().joined(separator: ", ")))
    }

    /// How many connections the server was given.
    private static func accepts(in calls: [SystemCallRecord]) -> Int {
        calls.count { $0.call == "accept4" && $0.errno == nil }
    }
}
