import SockKit

/// The documents' web server.
enum TimeAndHeaders: Experiment {
    static let title = "A web server of two paths: the time, and the fields of the request"
    static let covers = [108]
    static let documents = [SourceDocument.basics]
    static let claim = """
        A web server needs only handlers: /time writes the server's time, /headers one line "key:value" for each value of each \
        field of the request.
        """
    static let question = "What do the two paths answer, and which lines does /headers have?"

    static let expectations = [
        Expectation(
            says: "/time writes the server's time.",
            here: "/time answered {time status} and {time}",
            why:
                "The library parsed the request, found the handler by its path, and wrote the status line and the fields.",
            holds: .equal("time status", "200 OK"), .isTrue("is a time")),
        Expectation(
            says: "/headers writes each value of each field on a line of its own.",
            here: "of the fields X-A with one value and X-B with two, /headers showed {lines}",
            why: """
                A field may stand more than once in a request, and each occurrence is a value of its own. Go keeps them in a \
                map, so its order changes from run to run; here it is the order of the request.
                """,
            holds: .equal("lines", inAnyOrder: ["X-A:1", "X-B:2", "X-B:3"])),
        Expectation(
            here: "Host was sent ({sent host}), and was not among the lines: {shown host}",
            why: "Go takes Host out of Request.Header, as it is part of the address: it stands in Request.Host.",
            holds: .isTrue("sent host"), .isFalse("shown host")),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ sockctl http-get -H 'X-A: 1' -H 'X-B: 2' -H 'X-B: 3' http://127.0.0.1:3000/headers
        X-A:1
        X-B:2
        X-B:3
        ...
        """

    static let lesson = """
        An HTTP server is a TCP server whose framing somebody else has written. The handler sees a request and gives an answer; \
        connections are not its business.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let hosts = Seen<String>()
        let paths = BuiltInPaths()
        let web = try await stage.server.serve(
            LabHandler { exchange throws(NetworkError) in
                if let host = exchange.request.fields["host"] { hosts.add(host) }
                try await paths.answer(exchange)
            })
        let client = HTTPClient()

        await stage.step("GET /time")
        let time = try await stage.client.get(client, web.url("/time"))
        let text = String(time.text.prefix { $0 != "\n" })
        stage.client.note(text)
        stage.found("time status", .text("\(time.head.status) \(time.head.reason)"))
        stage.found("time", .text(text))
        stage.found("is a time", .flag(text.firstMatch(of: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil))

        await stage.step("GET /headers, with three fields of our own")
        let headers = try await stage.client.get(client, web.url("/headers"), ["X-A": "1", "X-B": "2", "X-B": "3"])
        let lines = headers.text.split(separator: "\n").map(String.init)
        for line in lines { stage.client.note(line) }
        stage.found("lines", .list(lines.filter { $0.hasPrefix("X-") }))
        stage.found("sent host", .flag(!hosts.all.isEmpty))
        stage.found("shown host", .flag(lines.contains { $0.lowercased().hasPrefix("host:") }))
    }
}
