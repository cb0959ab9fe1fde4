import SockKit

/// What a reader finds after the other side has closed.
enum DrainThenEnd: Experiment {
    static let title = "What was written before the close is read first, and then the end"
    static let covers = [68, 69]
    static let documents = [SourceDocument.server]
    static let claim = """
        If the client closes while there are bytes that the server has not read, the server reads these and then EOF. If \
        there are none, Read returns EOF at once.
        """
    static let question = "A client has closed. What do the server's reads return, with 5 bytes waiting, and with none?"

    static let expectations = [
        Expectation(
            says: "With unread data: the data, then EOF.",
            here: """
                the state was {state} and the reads returned "{data}", then {end}, with nothing in the middle
                """,
            why: """
                The FIN has a place in the stream, after the last byte. The kernel reports the end only to who has read \
                everything before it.
                """,
            holds: .equal("data", "hello"), .equal("end", "EOF"), .equal("state", "CLOSE-WAIT")),
        Expectation(
            says: "Without: EOF at once.",
            here: "the first read returned {count:byte} and {empty}, after {took}",
            why: "Nothing is before the FIN, so the end is what comes next.",
            holds: .equal("count", 0), .equal("empty", "EOF"),
            .atMost("took", .literal(.span(.seconds(2))))),
    ]

    static let commands = """
        1$ sockctl listen 3000 --first-read-delay 200ms -vv
        ...
        read      6 bytes, 6 bytes in all, 127.0.0.1:41220
        hello
        half-closed: nothing more comes from 127.0.0.1:41220
        ...
        2$ echo hello | sockctl dial 3000
        """

    static let lesson = """
        A peer's close takes nothing away that it has sent: read until EOF, and everything is there. That holds for an \
        orderly close only.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        await stage.step("The client writes 5 bytes and closes, before the server reads")
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        await client.write("hello")
        client.close()
        await stage.kernel.reaches(.closeWait, server, meaning: "a FIN has come")
        stage.found("state", .text("\(server.connection.tcpInfo?.state ?? .closed)"))
        stage.kernel.unread(server)
        stage.found("data", .text(await server.read().string))
        stage.found("end", .text(await server.read().code))

        await stage.step("Another client closes without having written")
        let second = try await stage.client.dial(listener)
        let other = try await listener.accept()
        second.close()
        await stage.kernel.reaches(.closeWait, other, meaning: "a FIN has come")
        let empty = await other.read()
        stage.found("count", .bytes(empty.count))
        stage.found("empty", .text(empty.code))
        stage.found("took", .span(empty.took))
    }
}
