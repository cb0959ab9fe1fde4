import SockKit

/// The two ends that a connection can have.
enum FinOrRst: Experiment {
    static let title = "FIN or RST: an orderly end and a reset, seen by who reads and by who writes"
    static let covers = [69, 71]
    static let documents = [SourceDocument.server]
    static let claim = """
        A read after the peer's close returns EOF. The documents call every other end "broken pipe".
        """
    static let question =
        "One peer closes in order, another resets. Which errors do a read and a write meet, and in which order?"

    static let expectations = [
        Expectation(
            says: "After an orderly close, Read returns EOF.",
            here: "reader: {fin read}, again {fin read again}. Writer: {fin first}, then {fin second}",
            why: """
                A FIN is a part of the stream. The reader sees it as the end, without an error. The writer may go on, \
                and learns only from the answer to its first write that nobody is there.
                """,
            holds: .equal("fin read", "EOF"), .equal("fin read again", "EOF"), .equal("fin first", "nil"),
            .equal("fin second", "EPIPE")),
        Expectation(
            says: "After any other end, the error is: broken pipe.",
            here: "reader: {rst read}, then {rst read again}. Writer: {rst first}, then {rst second}",
            why: """
                A RST ends everything at once. Whoever calls first, reader or writer, is told ECONNRESET, once; after \
                that the reader sees an end and the writer EPIPE. The document saw its broken pipe on macOS.
                """, document: .elsewhere,
            holds: .equal("rst read", "ECONNRESET"), .equal("rst read again", "EOF"),
            .equal("rst first", "ECONNRESET"), .equal("rst second", "EPIPE")),
        Expectation(
            here:
                "data that had come before: 4 bytes and {fin last} with the FIN, {rst kept:byte} and {rst last} with the RST",
            why: "What the own kernel has is not lost in either case: it is read first, and then the end or the error.",
            holds: .equal("fin kept", 4), .equal("fin last", "EOF"), .equal("rst kept", 4),
            .equal("rst last", "ECONNRESET")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve discard --close reset --close-after 100ms
        listening on 127.0.0.1:3000 (this machine only)
        2$ sockctl dial 3000 --half-open
        sockctl: read tcp 127.0.0.1:52414->127.0.0.1:3000: read: connection reset by peer
        ...
        2$ echo $?
        74
        """

    static let lesson = """
        EOF: the peer said goodbye. ECONNRESET: it did not, and something may be lost. EPIPE: you were told before, and \
        wrote all the same.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        for (end, name) in [(End.close, "fin"), (.reset, "rst")] {
            let way = end == .close ? "closes" : "resets the connection"
            await stage.step("The server \(way); the client reads")
            let reader = try await ended(stage, listener, end)
            stage.found("\(name) read", .text(await reader.read().code))
            stage.found("\(name) read again", .text(await reader.read().code))

            await stage.step("The server \(way); the client writes")
            let writer = try await ended(stage, listener, end)
            stage.found("\(name) first", .text(await writer.write("more").code))
            _ = await stage.until { writer.connection.tcpInfo?.state == .closed }
            stage.found("\(name) second", .text(await writer.write("more").code))

            await stage.step("The server writes 4 bytes and \(way)")
            let last = try await ended(stage, listener, end, after: "last")
            stage.found("\(name) kept", .bytes(await last.read().count))
            stage.found("\(name) last", .text(await last.read().code))
        }
    }

    private enum End { case close, reset }

    /// A client whose server has ended the connection; its kernel knows it already.
    @Netpoller
    private static func ended(
        _ stage: Stage, _ listener: LabListener, _ end: End, after text: String? = nil
    ) async throws(Interruption) -> LabConnection {
        let quiet = try await stage.client.quiet.dial(listener)
        let client = LabConnection(quiet.connection, of: stage.client)
        let server = try await listener.acceptQuietly()
        if let text {
            await server.write(text)
            _ = await stage.until { client.connection.bytesWaiting == text.utf8.count }
        }
        if end == .close { server.close() } else { server.reset() }
        await stage.kernel.reaches(end == .close ? .closeWait : .closed, client)
        return client
    }
}
