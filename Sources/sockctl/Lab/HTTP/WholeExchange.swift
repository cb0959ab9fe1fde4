import SockKit

/// A time limit for everything together.
enum WholeExchange: Experiment {
    static let title = "A client's timeout covers the whole exchange, the content included"
    static let covers = [112]
    static let documents = [SourceDocument.processes]
    static let claim = """
        Client.Timeout limits a single HTTP transaction as a whole. Its zero value sets no limit.
        """
    static let question =
        "A server sends the head of its answer at once and then nothing more. When does the client give up?"

    static let expectations = [
        Expectation(
            says: "The timeout is for the whole transaction.",
            here: "the head came after {head}; the content did not, and at {took} the client met {error}",
            why: """
                The limit is one deadline, set when the request begins: dialling, sending, the head and the content share it. An \
                answer that has begun does not stop the clock.
                """,
            holds: .equal("error", "timeout"), .about("took", "limit"), .less("head", than: "took")),
        Expectation(
            says: "0 is no limit.",
            here: "a client without a limit waited as long as the server took, and got {complete}",
            why:
                "Go's default client waits for ever. In a program that runs for long, that is nearly always a mistake.",
            holds: .equal("complete", "first second")),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ sockctl http-get --timeout 350ms http://127.0.0.1:3000/stream/10
        chunk 1 of 10
        sockctl: read tcp 127.0.0.1:48976->127.0.0.1:3000: the time for the exchange was over before the content had come
        ...
        2$ echo $?
        75
        """

    static let lesson = """
        Set a timeout for the whole exchange first: it is the only one that bounds everything. The others only say earlier \
        where it hangs.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(200), document: .seconds(1))
        stage.found("limit", .span(limit))
        let web = try await stage.server.serve(
            LabHandler { exchange throws(NetworkError) in
                try await exchange.begin(200, length: 12)
                try await exchange.write(Array("first ".utf8))
                guard await Netpoller.sleep(for: limit + limit / 2) else { return }
                try await exchange.write(Array("second".utf8))
                try await exchange.finish()
            })

        await stage.step("A client with a timeout of \(Quantity.duration(limit))")
        guard let url = try? HTTPURL(web.url("/slow")) else { return }
        let start = Deadline.now
        let client = HTTPClient(timeout: limit)
        let response = try await stage.client.call("GET /slow, timeout \(Quantity.duration(limit))") {
            () async throws(NetworkError) in
            try await client.send(HTTPRequest(.get, url))
        } result: {
            "\($0.status) \($0.head.reason)"
        }
        stage.found("head", .span(.now - start))
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.call("read the content") { () async throws(NetworkError) in
                try await response.readAll()
            }
        }
        stage.found("took", .span(.now - start))
        stage.found("error", .text(error.code))

        await stage.step("A client without one")
        stage.found("complete", .text(try await stage.client.get(HTTPClient(), web.url("/slow")).text))
    }
}
