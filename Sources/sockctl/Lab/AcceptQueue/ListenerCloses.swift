import SockKit

/// What becomes of those in the queue.
enum ListenerCloses: Experiment {
    static let title = "Who waits in the queue when the listener closes is reset; who left it is still in it"
    static let covers = [24]
    static let documents: [SourceDocument] = []
    static let claim = "No document speaks of it. It is what follows from a queue that the kernel keeps."
    static let question =
        "A client in the queue gives up; the listener closes while another waits. What do both sides see?"

    static let expectations = [
        Expectation(
            here: """
                a client wrote and closed, and the queue still held {still queued}; accepted, it gave \
                "{text}", then {end}
                """,
            why: """
                The kernel hands out connections in order, dead or alive. A server that is far behind serves clients \
                that left long ago, and learns it only when it reads or writes.
                """,
            holds: .equal("still queued", 1), .equal("text", "hello"), .equal("end", "EOF")),
        Expectation(
            here: "the listener closed with {waiting} in the queue: that client's read met {reset}",
            why: """
                The connection was complete, and nobody will ever read from it. inet_csk_listen_stop resets each of \
                them; a FIN would say that all had been taken.
                """,
            holds: .equal("waiting", 1), .equal("reset", "ECONNRESET")),
        Expectation(
            here: "a dial after that met {after}",
            why: "The port has no listener any more.",
            holds: .equal("after", "ECONNREFUSED")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 2 --dials 2 --then close
        ...
        dials 1 and 2: connection reset by peer, read after the listener had closed
        ...
        """

    static let lesson = """
        When a server restarts, clients that it never knew of get "connection reset". Accept until the queue is empty \
        before you close, or hand the listener on.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A client connects, writes, and closes, before anybody accepts")
        let listener = try await stage.server.listen()
        let first = try await stage.client.dial(listener)
        await first.write("hello")
        first.close()
        await stage.kernel.queues(1, on: listener)
        stage.found("still queued", .number(listener.listener.acceptQueue?.length ?? -1))
        let server = try await listener.accept()
        stage.found("text", .text(await server.read().string))
        stage.found("end", .text(await server.read().code))

        await stage.step("Another client waits in the queue when the listener closes")
        let second = try await stage.client.dial(listener)
        await stage.kernel.queues(1, on: listener)
        stage.found("waiting", .number(listener.listener.acceptQueue?.length ?? -1))
        listener.close()
        stage.found("reset", .text(await second.read().code))
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(listener, Dialer(timeout: .seconds(5)))
        }
        stage.found("after", .text(error?.code ?? "connected"))
    }
}
