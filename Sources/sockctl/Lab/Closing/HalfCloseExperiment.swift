import SockKit

/// Ending one direction only.
enum HalfCloseExperiment: Experiment {
    static let title = "A half-close ends one direction: the peer reads EOF and can still answer"
    static let covers = [72]
    static let claim = """
        The documents only close both directions at once. Go has CloseWrite and CloseRead besides.
        """
    static let question = "A client has no more to say, but wants the answer. What does each side see?"

    static let expectations = [
        Expectation(
            here: """
                the server read "{request}", then {end}; its answer of {answer:byte} still reached the client
                """,
            why: """
                shutdown(SHUT_WR) sends a FIN and keeps the socket. The states are {client state} here and \
                {server state} there: one direction has ended, the other has not.
                """,
            holds: .equal("request", "question"), .equal("end", "EOF"), .equal("answer", 6),
            .equal("client state", "FIN-WAIT-2"), .equal("server state", "CLOSE-WAIT")),
        Expectation(
            here: "the client's own write after it met {own write}",
            why: "This side has said that it will write no more. The kernel keeps it to its word, at once.",
            holds: .equal("own write", "EPIPE")),
        Expectation(
            here: """
                after shutdown(SHUT_RD) of the other client its read gave {closed read}; the server's write still \
                returned {unaware}, and {still read:byte} could be read
                """,
            why: """
                Closing the reading side sends nothing: TCP has no word for "I do not read any more". The peer writes \
                on, and on Linux what comes is even kept and can be read (tcp_recvmsg).
                """,
            holds: .equal("closed read", "EOF"), .equal("unaware", "nil"), .equal("still read", 4)),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve echo
        listening on 127.0.0.1:3000 (this machine only)
        2$ echo question | sockctl dial 3000 -v
        ...
        half-closed: nothing more goes to 127.0.0.1:3000
        question
        half-closed: nothing more comes from 127.0.0.1:3000
        ...
        """

    static let lesson = """
        CloseWrite is "I have said everything": it is a message to the peer. CloseRead is a note to yourself, and the peer \
        never hears of it.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The client asks and closes its writing side; the server answers")
        await client.write("question")
        client.closeWrite()
        let closed = Deadline.now
        await stage.kernel.reaches(.finWait2, client, meaning: "its FIN was acknowledged")
        if Deadline.now - closed > .milliseconds(20) {
            stage.kernel.inferred("the server's kernel delayed its acknowledgement, in case it had data to send along")
        }
        await stage.kernel.reaches(.closeWait, server, meaning: "a FIN has come")
        stage.found("client state", .text("\(client.connection.tcpInfo?.state ?? .closed)"))
        stage.found("server state", .text("\(server.connection.tcpInfo?.state ?? .closed)"))
        stage.found("request", .text(await server.read().string))
        stage.found("end", .text(await server.read().code))
        await server.write("answer")
        stage.found("answer", .bytes(await client.read().count))
        stage.found("own write", .text(await client.write("more").code))

        await stage.step("Another client closes its reading side; its server writes")
        let deaf = try await stage.client.dial(listener)
        let other = try await listener.accept()
        deaf.closeRead()
        stage.found("closed read", .text(await deaf.read().code))
        stage.found("unaware", .text(await other.write("more").code))
        await stage.kernel.holds(4, for: deaf)
        stage.found("still read", .bytes(await deaf.read().count))
    }
}
