import SockKit

/// A dial and a write that succeed although nobody has accepted.
enum ConnectedNotAccepted: Experiment {
    static let title = "A client can dial and write before anybody has accepted it"
    static let covers = [14]
    static let documents = [SourceDocument.basics]
    static let claim = """
        A server that sleeps before its Accept still lets clients connect: that a Dial succeeds does not mean that the \
        server's program has accepted.
        """
    static let question = "Nobody accepts. What do dial and write return, where is the data, and is it lost?"

    static let expectations = [
        Expectation(
            says: "Dial succeeds without an Accept.",
            here: "the dial succeeded; the client is in {state}, and the listener's queue holds {queued:connection}",
            why: """
                The handshake is the kernel's work. accept(2) only hands over a connection that has been complete for \
                a while.
                """,
            holds: .equal("state", "ESTAB"), .equal("queued", 1)),
        Expectation(
            here:
                "write returned {written} and {error}; {unacknowledged:byte} are not acknowledged by the other kernel",
            why: """
                The connection has a receive buffer from the beginning, and the server's kernel acknowledges what it \
                keeps there. An acknowledgement is no sign of a program that reads.
                """,
            holds: .equal("written", 5), .equal("error", "nil"), .equal("unacknowledged", 0)),
        Expectation(
            here: "accepted later, the connection gave \u{201c}{late}\u{201d} at its first read",
            why: "The data was there before the server knew of its client.",
            holds: .equal("late", "hello")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 2 --dials 2 --never-accept
        ...
        connected           2
        timed out           0
        refused             0
        would block         0
        accepted            0
        queue length        2
        ...
        """

    static let lesson = """
        Connected, written and acknowledged are all said by kernels. Only an answer from the server's program shows \
        that there is one that listens to you.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("The server listens, and does not accept")
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        stage.found("state", .text(stage.kernel.state(client)))
        await stage.kernel.queues(1, on: listener)
        stage.found("queued", .number(listener.listener.acceptQueue?.length ?? -1))

        await stage.step("The client writes")
        let writing = await client.write("hello")
        stage.found("written", .bytes(writing.count))
        stage.found("error", .text(writing.code))
        _ = await stage.until { client.connection.queueDepths?.unacknowledged == 0 }
        stage.found("unacknowledged", .bytes(stage.kernel.unacknowledged(client)))

        await stage.step("Now the server accepts, and reads")
        let server = try await listener.accept()
        stage.found("late", .text(await server.read().string))
    }
}
