import SockKit

/// Writing to somebody who has left.
enum WriteAfterClose: Experiment {
    static let title = "The first write after the peer's close succeeds, the second is a broken pipe"
    static let covers = [70]
    static let documents = [SourceDocument.server]
    static let claim = """
        After the peer has closed, a Write may still succeed: it goes into the own send buffer.
        """
    static let question = "The peer has closed. How many writes succeed, and what becomes of their bytes?"

    static let expectations = [
        Expectation(
            says: "A write after the peer's close may succeed.",
            here: "the first write returned {count} and {first}",
            why: """
                The FIN said only that the peer writes no more. The state is {state}, in which writing is allowed: the \
                peer might still read.
                """,
            holds: .equal("count", 10), .equal("first", "nil"), .equal("state", "CLOSE-WAIT")),
        Expectation(
            here: "the state is {after} after it, and the second write met {second}",
            why: """
                The bytes met a socket that does not exist any more, and its kernel answered with a reset. That came \
                after a FIN, so writes report EPIPE and not ECONNRESET (tcp_reset in the kernel). Between two machines \
                the answer takes a round trip, in which further writes succeed.
                """,
            holds: .equal("after", "CLOSE"), .equal("second", "EPIPE")),
        Expectation(
            here: "a read after all that returned {read}",
            why: "The FIN was there first, and what was read in order stays true.",
            holds: .equal("read", "EOF")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --close-after 100ms -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ (sleep 0.4; echo one; sleep 0.2; echo two; sleep 0.2) | sockctl dial 3000 --half-open
        sockctl: write tcp 127.0.0.1:47722->127.0.0.1:3000: write: broken pipe (4 bytes of what was sent not acknowledged)
        ...
        2$ echo $?
        74
        """

    static let lesson = """
        A write that succeeds proves nothing about the peer. The error comes with a later write, or never if there is \
        none: a last message needs an answer.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The server closes, without having left anything unread")
        server.close()
        await stage.kernel.reaches(.closeWait, client, meaning: "a FIN has come")
        stage.found("state", .text("\(client.connection.tcpInfo?.state ?? .closed)"))

        await stage.step("The client writes twice, and reads")
        let first = await client.write("0123456789")
        stage.found("count", .bytes(first.count))
        stage.found("first", .text(first.code))
        await stage.kernel.isReset(client)
        stage.found("after", .text("\(client.connection.tcpInfo?.state ?? .closed)"))
        stage.found("second", .text(await client.write("0123456789").code))
        stage.found("read", .text(await client.read().code))
    }
}
