import SockKit

/// What a client sees of a server that has lost its patience.
enum TimedOutServer: Experiment {
    static let title = "A server's read timeout reaches the client late, as an end and then a broken pipe"
    static let covers = [49]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        A server bounds a long connection with SetReadDeadline. When its read times out, it closes the connection, and \
        the client, which sends "hello, server" now and then, notices that in its write loop and ends.
        """
    static let question = "The server has timed out and closed. Which of the client's calls says so?"

    static let expectations = [
        Expectation(
            says: "The server's read fails when the deadline passes, and the server closes.",
            here: "the server's read met {cause} after {patience}; the client's end is in {state}",
            why:
                "The close(2) sent a FIN. The client's kernel knows that nothing more will come; its program does not.",
            holds: .equal("cause", "timeout"), .about("patience", "limit"), .equal("state", "CLOSE-WAIT")),
        Expectation(
            says: "The client's loop of writes and reads ends then.",
            here: "the next write still returned {first count} and {first error}; the read after it gave {read}",
            why: """
                A FIN says that the peer will not write; whether it still reads, nobody has said. So the kernel takes the \
                bytes and sends them, and nobody will ever read them. It is the read that sees the end.
                """,
            holds: .equal("first count", 13), .equal("first error", "nil"), .equal("read", "EOF")),
        Expectation(
            here: "a loop that only writes would have learned it one write later: {second}",
            why: """
                The bytes met a socket that is gone, and its kernel answered with a reset. After that, writes meet EPIPE. \
                A read gives EOF even then, because the FIN came first.
                """,
            holds: .equal("second", "EPIPE")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --read-timeout 200ms -k
        listening on 127.0.0.1:3000 (this machine only)
        hello
        sockctl: read tcp 127.0.0.1:3000->127.0.0.1:58678: i/o timeout
        2$ (echo hello; sleep 0.6; echo lost; sleep 0.3; echo error; sleep 0.3) | sockctl dial 3000 --half-open
        sockctl: write tcp 127.0.0.1:58678->127.0.0.1:3000: write: broken pipe (5 bytes of what was sent not acknowledged)
        ...
        2$ echo $?
        74
        """

    static let lesson = """
        A program that only writes learns of the end one write too late, and that write is lost. Read as well, even where \
        no answer is expected: the end of the stream is an answer.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(200), document: .seconds(30))
        stage.found("limit", .span(limit))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The client sends once and then pauses for too long")
        await client.write("hello, server")
        await stage.kernel.holds(13, for: server)
        await server.read(256)
        server.setReadDeadline(in: limit)
        let reading = await server.read(256)
        stage.found("cause", .text(reading.code))
        stage.found("patience", .span(reading.sinceDeadline))
        server.close()
        await stage.kernel.reaches(.closeWait, client, meaning: "a FIN has come")
        stage.found("state", .text("\(client.connection.tcpInfo?.state ?? .closed)"))

        await stage.step("The client, which knows nothing of it, writes again")
        let first = await client.write("hello, server")
        stage.found("first count", .bytes(first.count))
        stage.found("first error", .text(first.code))
        await stage.kernel.isReset(client)
        stage.found("read", .text(await client.read().code))
        stage.found("second", .text(await client.write("hello, server").code))
    }
}
