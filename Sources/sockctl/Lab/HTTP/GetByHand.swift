import SockKit

/// HTTP typed into a TCP connection.
enum GetByHand: Experiment {
    static let title = "A GET is a line of text and an empty line, written to a TCP connection"
    static let covers = [110]
    static let documents = [SourceDocument.processes, .internals]
    static let claim = """
        HTTP is text over TCP: dial the host's port 80, write "GET / HTTP/1.0", an empty line, and read the first line of the \
        answer.
        """
    static let question = "What comes back for these two lines, and how does the client know where the answer ends?"

    static let expectations = [
        Expectation(
            says: "The first line of the answer is the status line.",
            here: "the first line was {line}",
            why:
                "Version, status and a phrase. The version is the server's own; the request's 1.0 only says what the client can do.",
            holds: .one("line", of: ["HTTP/1.0 200 OK", "HTTP/1.1 200 OK"])),
        Expectation(
            here: "{bytes} bytes came, and then {end}: with HTTP/1.0 the server closed behind its answer",
            why: """
                In HTTP/1.0 the end of the connection is the end of the answer. The head also said how long the content is: \
                {length}, and so many bytes came.
                """,
            holds: .equal("end", "EOF"), .equal("content", to: "length")),
        Expectation(
            here:
                "with HTTP/1.1 and a field Host the answer came, and the connection stayed open: after {silence} the read met {kept}",
            why: "HTTP/1.1 keeps the connection, so only the length in the head says where the answer ends.",
            holds: .equal("second line", "HTTP/1.1 200 OK"), .equal("kept", "timeout")),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ printf 'GET /time HTTP/1.0\\r\\n\\r\\n' | sockctl dial --first-line 3000
        HTTP/1.1 200 OK
        2$ printf 'GET /time HTTP/1.0\\r\\n\\r\\n' | sockctl dial 3000 | tail -1
        2026-11-21 10:49:44.933112533 +0000 UTC
        """

    static let lesson = """
        You can speak HTTP with any TCP client, and should once. Afterwards let a library do it: the length, the chunks and the \
        kept connections are where hand-written clients go wrong.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let web = try await stage.server.serve(BuiltInPaths())
        await stage.step("A GET of HTTP/1.0")
        let client = try await stage.client.dial(.tcp, "\(web.endpoint)")
        await client.write("GET / HTTP/1.0\r\n\r\n")
        let answer = await client.readToEnd()
        let lines = answer.string.split(separator: "\r\n", omittingEmptySubsequences: false)
        for line in lines.prefix(4) where !line.isEmpty { stage.client.note(String(line)) }
        stage.found("line", .text(String(lines.first ?? "")))
        stage.found("bytes", .bytes(answer.bytes.count))
        stage.found("end", .text(answer.code))
        let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
        stage.found("length", .number(field.flatMap { Int($0.drop { !$0.isNumber }) } ?? -1))
        let head = lines.prefix { !$0.isEmpty }.reduce(2) { $0 + $1.utf8.count + 2 }
        stage.found("content", .number(answer.bytes.count - head))

        await stage.step("A GET of HTTP/1.1")
        let silence = stage.span(.milliseconds(100), document: .seconds(1))
        stage.found("silence", .span(silence))
        let second = try await stage.client.dial(.tcp, "\(web.endpoint)")
        await second.write("GET /time HTTP/1.1\r\nHost: here\r\n\r\n")
        let first = await second.read(4096)
        stage.found("second line", .text(String(first.string.split(separator: "\r\n").first ?? "")))
        second.setReadDeadline(in: silence)
        stage.found("kept", .text(await second.read(4096).code))
    }
}
