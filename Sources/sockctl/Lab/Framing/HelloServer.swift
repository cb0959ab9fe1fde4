import SockKit

/// The client that says hello, and a server that loses its patience.
enum HelloServer: Experiment {
    static let title = "A client that pauses too long finds that the server has closed"
    static let covers = [105]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        The client writes "hello, server", reads the reply into 256 bytes and pauses for 30 seconds, again and again. The \
        connection lives until one side closes it: here until the server's read times out.
        """
    static let question = "The client's pause is longer than the server's read timeout. What do its next calls meet?"

    static let expectations = [
        Expectation(
            says: "The client writes, and reads the reply into 256 bytes.",
            here: "the first reply had {reply:byte}: \u{201c}{text}\u{201d}",
            why: "256 is room, not a promise: the read returned what had come.",
            holds: .equal("reply", 13), .equal("text", "hello, client")),
        Expectation(
            says: "It goes on until the server's read times out and closes the connection.",
            here: "after {patience} of silence the server's read met {server} and the server closed",
            why:
                "A deadline before each read bounds the silence that the server pays for with a connection and its memory.",
            holds: .equal("server", "timeout"), .about("server took", "patience")),
        Expectation(
            here:
                "the client's next write returned {write:byte} and the error {write error}; its read met {read}, its write after that {last}",
            why: """
                The server's FIN had come, which only says that it sends no more: the write succeeded. It was answered with \
                a reset, so the write after it failed. The read still finds the FIN, and says EOF.
                """,
            holds: .equal("write", 13), .equal("write error", "nil"), .equal("read", "EOF"), .equal("last", "EPIPE")),
    ]

    static let commands = """
        1$ sockctl listen -k --serve echo --read-timeout 500ms -v 3000
        sockctl: read tcp 127.0.0.1:3000->127.0.0.1:53812: i/o timeout
        closed 127.0.0.1:53812 by a time-out after 501 ms: received 6 bytes (12 bytes/s), sent 6 bytes (12 bytes/s)
        ...
        2$ (echo hello; sleep 1; echo hello; sleep 0.3; echo hello) | sockctl dial -v 3000
        hello
        half-closed: nothing more comes from 127.0.0.1:3000
        6 of 12 bytes of standard input were not acknowledged; standard input had not ended
        ...
        2$ echo $?
        74
        """

    static let lesson = """
        A write that succeeds does not prove that the peer is there; the read after it tells. Make the client's pause shorter \
        than the server's patience, or be ready to dial again.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let patience = stage.span(.milliseconds(100), document: .seconds(10))
        let pause = stage.span(.milliseconds(200), document: .seconds(30))
        stage.found("patience", .span(patience))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The client says hello, reads the reply and pauses for \(Quantity.duration(pause))")
        // No step from here until the server has lost its patience: whoever reads before one would use that up.
        let serving = stage.go { await serve(server, patience) }
        await client.write("hello, server")
        let reply = await client.read(256)
        stage.found("reply", .bytes(reply.count))
        stage.found("text", .text(reply.string))
        stage.client.note("pauses")
        await stage.pause(pause)
        let last = await serving.value
        stage.found("server", .text(last.code))
        stage.found("server took", .span(last.sinceDeadline))
        await stage.kernel.reaches(.closeWait, client, meaning: "a FIN has come")

        await stage.step("The client goes on as if nothing had happened")
        let write = await client.write("hello, server")
        stage.found("write", .bytes(write.count))
        stage.found("write error", .text(write.code))
        if await stage.kernel.reaches(.closed, client) { stage.kernel.inferred("a reset has come to the client") }
        stage.found("read", .text(await client.read(256).code))
        stage.found("last", .text(await client.write("hello, server").code))
    }

    /// Answers until a read takes too long; that read.
    @Netpoller
    private static func serve(_ server: LabConnection, _ patience: Duration) async -> Reading {
        // The first word may take long where the machine is busy with other things.
        server.connection.readDeadline = .now + .seconds(5)
        while true {
            let reading = await server.read(256)
            guard reading.count > 0 else {
                server.close()
                return reading
            }
            await server.write("hello, client")
            server.setReadDeadline(in: patience, quietly: true)
        }
    }
}
