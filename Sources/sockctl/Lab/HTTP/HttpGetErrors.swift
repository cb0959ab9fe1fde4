import SockKit

/// The places where a GET can fail.
enum HttpGetErrors: Experiment {
    static let title = "One call gets a page, and one error stands for everything that can go wrong"
    static let covers = [111]
    static let documents = [SourceDocument.processes]
    static let claim = """
        http.Get is DefaultClient.Get, and the zero Client does the same. It returns the answer, whose protocol and status make \
        its first line, or an error from making or sending the request, or from receiving or parsing the answer.
        """
    static let question = "What does a client without settings return for a page, and at which places can it fail?"

    static let expectations = [
        Expectation(
            says: "The client without settings works, and protocol and status make the first line.",
            here: "a client without any setting got {line}; so did a second one, made in the same way: {again}",
            why:
                "Every setting has a default that works: no time limit, at most ten redirects, kept connections, no proxy.",
            holds: .equal("line", "HTTP/1.1 200 OK"), .equal("again", to: "line")),
        Expectation(
            says: "The error may come from making, sending, receiving or parsing.",
            here: """
                a URL without a host failed before any call: {make}; a port where nobody listens: {send}; a server that closed \
                without a word: {receive}; one that answered nonsense: {parse}
                """,
            why: """
                The steps are: parse the URL, dial, write the request, read the status line and the fields. Each can fail, and \
                the error's text says which.
                """,
            holds: .equal("make", "the URL names no host"), .equal("send", "dial ECONNREFUSED"),
            .one("receive", of: ["read closed", "read truncated"]), .equal("parse", "read message")),
        Expectation(
            here: "a page that does not exist was no error but an answer: {missing}",
            why: "404 is what the server said, and saying it worked. Whoever wants only 2xx has to look at the status.",
            holds: .equal("missing", "HTTP/1.1 404 Not Found")),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ sockctl http-get --first-line http://127.0.0.1:3000/nowhere
        HTTP/1.1 404 Not Found
        2$ sockctl http-get http://127.0.0.1:3001/
        sockctl: dial tcp 127.0.0.1:3001: connect: connection refused
        ...
        2$ echo $?
        69
        """

    static let lesson = """
        An error means that there is no answer; an answer with a bad status is no error. Check both, and close the body either \
        way that gives you one.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let web = try await stage.server.serve(BuiltInPaths())
        await stage.step("Two clients without settings")
        stage.found("line", .text(try await stage.client.get(HTTPClient(), web.url("/time")).head.description))
        stage.found("again", .text(try await stage.client.get(HTTPClient(), web.url("/time")).head.description))

        await stage.step("Four ways to fail")
        do throws(HTTPURL.Failure) { _ = try HTTPURL("http:///time") } catch {
            stage.client.note("http:///time: \(error)")
            stage.found("make", .text("\(error)"))
        }
        let gone = try await stage.server.quiet.listen()
        gone.listener.close()
        stage.found("send", .text(try await fail(stage, "\(gone.endpoint)")))
        let silent = try await stage.server.quiet.listen()
        answer(silent, nil, stage)
        stage.found("receive", .text(try await fail(stage, "\(silent.endpoint)")))
        let rude = try await stage.server.quiet.listen()
        answer(rude, "good morning\r\n\r\n", stage)
        stage.found("parse", .text(try await fail(stage, "\(rude.endpoint)")))

        await stage.step("A page that does not exist")
        stage.found("missing", .text(try await stage.client.get(HTTPClient(), web.url("/nowhere")).head.description))
    }

    /// Where a GET failed, and how: `dial ECONNREFUSED`.
    @Netpoller
    private static func fail(_ stage: Stage, _ host: String) async throws(Interruption) -> String {
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.get(HTTPClient(), "http://\(host)/")
        }
        return error.map { "\($0.operation.rawValue) \($0.code)" } ?? "nothing"
    }

    /// Reads one request, says something or nothing, and closes.
    @Netpoller
    private static func answer(_ listener: LabListener, _ text: String?, _ stage: Stage) {
        _ = stage.go {
            guard let connection = try? await listener.accept() else { return }
            await connection.read(4096)
            if let text { await connection.write(text) }
            connection.connection.close()
        }
    }
}
