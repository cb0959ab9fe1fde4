import SockKit

/// What one connection's misfortune means for the others.
enum BadClient: Experiment {
    static let title = "A client's reset is one connection's error; the server's exit is everybody's"
    static let covers = [13]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        An error of one client must not end the server: a handler that calls os.Exit when its read fails takes all \
        other clients with it.
        """
    static let question =
        "One of three clients resets its connection, and later the whole server exits. Who notices what?"

    static let expectations = [
        Expectation(
            says: "The error belongs to the one connection.",
            here: """
                the server's read from the bad client met {bad}; client B was answered "{answer}" afterwards
                """,
            why: "A reset ends one connection. No other socket, nor the listener, has anything to do with it.",
            holds: .equal("bad", "ECONNRESET"), .equal("answer", "for B")),
        Expectation(
            says: "When the process exits, every client is cut off.",
            here: "B, from whom all was read, met {clean}; C, from whom 5 bytes were not, met {unread}",
            why: """
                The kernel closes what a process leaves open, each connection as its state asks for: with an end (FIN) \
                where everything was read, and with a reset where data would be lost.
                """,
            holds: .equal("clean", "EOF"), .equal("unread", "ECONNRESET")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve echo -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ printf 'hello\\n' | sockctl dial 3000 --close reset
        hello
        3$ printf 'are you there?\\n' | sockctl dial 3000
        are you there?
        """

    static let lesson = """
        Handle an error where its connection is handled: close that one, and let the others live. A process that exits \
        says goodbye to nobody; its kernel does.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("Three clients are connected; A resets its connection")
        let listener = try await stage.server.listen()
        var (clients, servers) = ([LabConnection](), [LabConnection]())
        for name in ["A", "B", "C"] {
            clients.append(try await stage.another(.client, name).dial(listener))
            let accepted = try await LabListener(listener.listener, of: stage.server.quiet).accept()
            servers.append(LabConnection(accepted.connection, of: stage.another(.server, "for \(name)")))
        }
        clients[0].reset()
        stage.found("bad", .text(await servers[0].read().code))
        servers[0].close()
        await clients[1].write("are you there?")
        await servers[1].read()
        await servers[1].write("for B")
        stage.found("answer", .text(await clients[1].read().string))

        await stage.step("C sends 5 bytes that nobody reads; then the server's process is gone")
        await clients[2].write("hello")
        await stage.kernel.holds(5, for: servers[2])
        try stage.server.killHolder("the process is killed") {
            for server in servers { server.connection.close() }
            listener.listener.close()
        }
        stage.found("clean", .text(await clients[1].read().code))
        stage.found("unread", .text(await clients[2].read().code))
    }
}
