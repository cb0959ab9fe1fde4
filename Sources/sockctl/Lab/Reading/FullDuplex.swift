import SockKit

/// Two directions that know nothing of each other.
enum FullDuplex: Experiment {
    static let title = "The two directions of a connection are independent, each with buffers of its own"
    static let covers = [54]
    static let documents = [SourceDocument.server]
    static let claim = """
        TCP is full duplex: each side has a send buffer and a receive buffer, and both may write at the same time.
        """
    static let question = "Both sides write, and neither reads. Does one direction take room from the other?"

    static let expectations = [
        Expectation(
            says: "Each side has a send buffer and a receive buffer.",
            here:
                "the client could write {to server} bytes before it blocked, and the server {to client} to the client",
            why: """
                Of the client's bytes {client sending} wait in its own send buffer and {server receiving} in the \
                server's receive buffer; of the server's, {server sending} and {client receiving}. Four queues hold all \
                of it.
                """,
            holds: .sum(["client sending", "server receiving"], equals: "to server"),
            .sum(["server sending", "client receiving"], equals: "to client"), .atLeast("to server", 65536),
            .atLeast("to client", 65536)),
        Expectation(
            here: """
                one direction was blocked; the server read all its {to server} bytes, and {still} of the other \
                direction's stayed where they were
                """,
            why: """
                Each direction has its own sequence numbers and its own window. Two programs that both write first and \
                read later block each other for ever, although nothing is broken.
                """,
            holds: .equal("read", to: "to server"), .equal("still", to: "to client")),
    ]

    static let commands = """
        1$ sockctl write-block-probe --both --sndbuf 65536 --rcvbuf 65536
        ...
        bytes in send queue     127629
        bytes in receive queue  127575
        peer bytes accepted     255188
        peer blocked            yes
        ...
        """

    static let lesson = """
        A connection is two streams that share nothing but their ends. Where both sides write a lot, somebody has to read \
        at the same time, or both wait for the other.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let options = SocketOptions.buffered(65536)
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = try await listener.accept()

        await stage.step("Both sides write, neither reads, until both give up")
        client.setWriteDeadline(in: .milliseconds(300))
        server.setWriteDeadline(in: .milliseconds(300))
        let there = client.flood(server, chunk: 65536)
        let back = server.flood(client, chunk: 65536)
        let (toServer, toClient) = await (there.accepted, back.accepted)
        let one = await client.settles(toServer, with: server)
        let other = await server.settles(toClient, with: client)
        stage.found("to server", .bytes(toServer))
        stage.found("to client", .bytes(toClient))
        stage.found("client sending", .bytes(one.sending))
        stage.found("server receiving", .bytes(one.receiving))
        stage.found("server sending", .bytes(other.sending))
        stage.found("client receiving", .bytes(other.receiving))

        await stage.step("The server reads all that the client wrote")
        stage.found("read", .bytes(await server.drain(toServer)))
        let left = await server.settles(toClient, with: client)
        stage.found("still", .bytes(left.sending + left.receiving))
    }
}
