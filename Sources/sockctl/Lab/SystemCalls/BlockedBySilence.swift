import SockKit

/// One thread, two clients, of which the first is silent.
enum BlockedBySilence: Experiment {
    static let title = "A thread that blocks for one client keeps all others waiting"
    static let covers = [98, 100]
    static let documents = [SourceDocument.server]
    static let claim = """
        With blocking I/O one thread can serve one connection only: while that is silent, the thread can do nothing else. With \
        multiplexing one thread serves many.
        """
    static let question = "One thread serves two clients. The first says nothing. Does the second get its answer?"

    static let expectations = [
        Expectation(
            says: "With blocking I/O a thread serves one connection.",
            here: """
                blocking: the second client waited {patience} for its echo in vain ({blocking}); when the first had left, it \
                got "{later}"
                """,
            why:
                "The thread was asleep in recv(2) on the first socket. That the second one was readable could not wake it.",
            holds: .equal("blocking", "timeout"), .equal("later", "hello")),
        Expectation(
            says: "With multiplexing one thread serves many connections.",
            here: "epoll: the second client got \u{201c}{epoll}\u{201d} at once, although the first was silent",
            why:
                "epoll_wait(2) waits for both sockets and returns the one that has bytes. recv(2) is called only where it will not wait.",
            holds: .equal("epoll", "hello")),
    ]

    static let commands = """
        1$ sockctl listen --io-model epoll --max-accepts 2 -v 3000
        peers         2
        ...
        2$ (sleep 0.1; echo first) | sockctl dial 3000
        first
        3$ sockctl dial --send 'second\\n' 3000
        second
        ...
        """

    static let lesson = """
        With blocking calls you need a thread for each connection. Go's goroutines look like that, and are not: the netpoller \
        waits for all of them with one epoll.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let patience = stage.span(.milliseconds(100), document: .seconds(1))
        stage.found("patience", .span(patience))
        try await serve(.blocking, stage, patience)
        try await serve(.epoll, stage, patience)
    }

    @Netpoller
    private static func serve(_ model: IOModel, _ stage: Stage, _ patience: Duration) async throws(Interruption) {
        await stage.step("\(model.rawValue): two clients are with one thread, and the second one speaks")
        let server = IOModelServer(model)
        let listener = try await stage.server.listen()
        let silent = try await stage.another(.client, "first").dial(listener)
        let one = try await listener.accept()
        let speaker = try await stage.another(.client, "second").dial(listener)
        let two = try await listener.accept()
        let first = stage.go { await server.serve(one.connection) }
        // The thread is in its wait for the first before the second is given to it.
        await stage.pause(.milliseconds(20))
        let second = stage.go { await server.serve(two.connection) }
        stage.server.note("one thread has both clients")
        await speaker.write("hello")
        speaker.connection.readDeadline = .now + (model == .blocking ? patience : .seconds(5))
        let early = await speaker.read()
        stage.found(model.rawValue, .text(early.error == nil ? early.string : early.code))
        silent.close()
        if early.error != nil {
            speaker.connection.readDeadline = .now + .seconds(5)
            stage.found("later", .text(await speaker.read().string))
        }
        speaker.connection.close()
        _ = await first.value
        _ = await second.value
    }
}
