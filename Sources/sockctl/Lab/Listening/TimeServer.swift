import SockKit

/// The smallest server and the smallest client.
enum TimeServer: Experiment {
    static let title = "A server says the time and closes: the client reads the line, then the end"
    static let covers = [1, 2]
    static let documents = [SourceDocument.basics]
    static let claim = """
        The first server accepts, writes the date and time with a newline, and closes the connection. The first client \
        dials, reads once into a buffer of 100 bytes, and prints the buffer as a string.
        """
    static let question = "What does the client's read return, what follows, and what is in the rest of its buffer?"

    static let expectations = [
        Expectation(
            says: "The client gets the time as one line, and the connection is closed by the server.",
            here: "the read gave {count:byte}, {text}; the next one met {second}",
            why: """
                The server's close sends a FIN behind the line. The end is no error: a read tells it as 0 bytes, which \
                Go turns into io.EOF.
                """,
            holds: .equal("count", 20), .isTrue("looks like a time"), .equal("second", "EOF")),
        Expectation(
            says: "The client prints string(buf), its whole buffer.",
            here: "{count} of the {room} bytes came from the server; the other {zeros} are zeros that nobody sent",
            why: """
                Read fills the beginning of the buffer and says how much that was. Only buf[:n] is data; string(buf) \
                has invisible NUL characters behind the line, which a comparison or a file does notice.
                """, document: .wrong,
            holds: .sum(["count", "zeros"], equals: "room")),
        Expectation(
            here: "after the line the kernel has the client's end in {state}",
            why: """
                The peer's FIN has come and this side has not closed yet. Who closes first keeps the connection's name \
                for a minute in TIME-WAIT: here that is the server.
                """,
            holds: .equal("state", "CLOSE-WAIT")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time
        listening on 127.0.0.1:3000 (this machine only)
        2$ sockctl dial 3000 -v
        ...
        2026-11-28 17:08:43
        ...
        closed 127.0.0.1:3000 by the peer after 318 µs: received 20 bytes (61.4 KiB/s), sent 0 bytes
        ...
        """

    static let lesson = """
        n from Read says how much of the buffer counts; the rest is whatever was there before. The end of a stream is \
        not an error but an answer: no more will come.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let room = 100
        stage.found("room", .bytes(room))
        await stage.step("The server accepts a client, writes the time, and closes")
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let time = "\(Timestamp.now)"
        await server.write(time + "\n")
        server.close()
        await stage.kernel.reaches(.closeWait, client, meaning: "the server's FIN has come")
        stage.found("state", .text(client.connection.tcpInfo.map { "\($0.state)" } ?? "gone"))

        await stage.step("The client reads once into \(room) bytes, and once more")
        let first = await client.read(room)
        stage.found("count", .bytes(first.count))
        stage.found("zeros", .bytes(room - first.count))
        stage.found("text", .text(Reading.quoted(first.bytes)))
        let shape = /[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\n/
        stage.found("looks like a time", .flag(first.string.wholeMatch(of: shape) != nil))
        let second = await client.read(room)
        stage.found("second", .text(second.code))
    }
}
