import SockKit

/// Two reads that return nothing, and mean the opposite.
enum EofOrTimeout: Experiment {
    static let title = "A read of 0 bytes is the end, unless it comes with a timeout"
    static let covers = [44]
    static let documents = [SourceDocument.server]
    static let claim = """
        A server reads with a deadline of a second at a time. When nothing has come, Read returns 0 bytes and i/o timeout, \
        an error whose Timeout method says true: the server does other work and reads again, until data comes.
        """
    static let question =
        "A read returned 0 bytes twice: once after a silence, once after the peer's close. What differs?"

    static let expectations = [
        Expectation(
            says: "A timeout returns 0 bytes and an error that says it is a timeout; other work can be done meanwhile.",
            here:
                "{timeouts} reads returned {nothing:byte} and {quiet error}; in between other work was done {work} times",
            why: """
                The connection is in {quiet state}: nothing has happened to it. Only this side's patience was over, \
                and patience can be had again.
                """,
            holds: .equal("timeouts", 3), .equal("nothing", 0), .equal("quiet error", "timeout"), .equal("work", 3),
            .equal("quiet state", "ESTAB")),
        Expectation(
            says: "The loop goes on, and data that comes later is read.",
            here: "the read after that returned {data:byte}, \u{201c}{text}\u{201d}",
            why: "A timeout takes nothing away.",
            holds: .equal("data", 4), .equal("text", "data")),
        Expectation(
            here:
                "after the peer's close each read returned {end count} bytes and {end error}; the state is {end state}",
            why: """
                read(2) returns 0, and no error, when the peer has said that nothing more will come. That never \
                changes again: a loop that takes it for a silence spins at full speed.
                """,
            holds: .equal("end count", 0), .equal("end error", "EOF"), .equal("second end", "EOF"),
            .equal("end state", "CLOSE-WAIT")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --read-timeout 200ms --keep-going 99
        listening on 127.0.0.1:3000 (this machine only)
        sockctl: read tcp 127.0.0.1:3000->127.0.0.1:45898: i/o timeout (after 201 ms, going on, 1 of 99 times)
        ...
        data
        ...
        2$ (sleep 2; echo data) | sockctl dial 3000
        """

    static let lesson = """
        Look at the error before the count. A timeout is about you and may be tried again; the end of the stream is about \
        the peer and is final. A loop that ignores every error but timeouts reads the end for ever.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(100), document: .seconds(1))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The server reads, and the client says nothing")
        var (timeouts, work, nothing) = (0, 0, 0)
        for _ in 1...3 {
            server.setReadDeadline(in: limit)
            let reading = await server.read(128)
            stage.found("quiet error", .text(reading.code))
            nothing += reading.count
            if reading.error?.isTimeout == true {
                timeouts += 1
                stage.server.note("does other work")
                work += 1
            }
        }
        stage.found("nothing", .bytes(nothing))
        stage.found("timeouts", .number(timeouts))
        stage.found("work", .number(work))
        stage.found("quiet state", .text(stage.kernel.state(server)))

        await stage.step("Now the client writes, and closes")
        await client.write("data")
        server.setReadDeadline(in: .seconds(10))
        let reading = await server.read(128)
        stage.found("data", .bytes(reading.count))
        stage.found("text", .text(reading.string))
        client.close()
        let end = await server.read(128)
        stage.found("end count", .bytes(end.count))
        stage.found("end error", .text(end.code))
        stage.found("second end", .text(await server.read(128).code))
        stage.found("end state", .text(stage.kernel.state(server)))
    }
}
