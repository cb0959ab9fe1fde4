import SockKit

/// One listener, a task for each connection.
enum ManyClients: Experiment {
    static let title = "One task for each connection serves many clients at once"
    static let covers = [3, 5]
    static let documents = [SourceDocument.basics, .server, .internals, .sockets]
    static let claim = """
        A server listens, accepts in a loop, and gives each connection to a goroutine of its own. A Listener has Accept, \
        Close and Addr; a Conn has Read, Write, Close, both addresses and the deadlines. One port serves all clients.
        """
    static let question = "Three clients are connected to one port. Who gets whose bytes, and how are they told apart?"

    static let expectations = [
        Expectation(
            says: "All clients are served at the same time.",
            here: "the clients spoke in the order C, A, B, and each got its own word back: {answers}",
            why: """
                Each accepted connection is a socket of its own with its own buffers. A task that waits for one of \
                them holds up no other.
                """,
            holds: .equal("answers", ["C: \"third\"", "A: \"first\"", "B: \"second\""])),
        Expectation(
            says: "LocalAddr and RemoteAddr name the two ends.",
            here: "each client's local address was its server's remote one, and the other way round: {ends agree}",
            why:
                "A connection is known by its four numbers: two addresses and two ports. Both kernels have the same four.",
            holds: .isTrue("ends agree")),
        Expectation(
            here: "the server used {server ports:port} for {connections} connections; the clients had {client ports}",
            why: """
                An accept takes no new port. What tells the connections apart are the clients' ports, so a server is \
                not limited to 65,535 clients.
                """,
            holds: .equal("server ports", 1), .equal("client ports", to: "connections")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve echo -k -v
        ...
        accepted 127.0.0.1:49356, connection 1
        ...
        accepted 127.0.0.1:49360, connection 2
        ...
        2$ printf 'first\\n' | sockctl dial 3000
        first
        3$ printf 'second\\n' | sockctl dial 3000
        second
        """

    static let lesson = """
        The listener only hands out connections; each of them is a socket of its own. Accept in one loop, and serve \
        each connection in a task that may wait as long as it likes.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("Three clients connect; the server starts a task for each")
        let listener = try await stage.server.listen()
        var (clients, servers) = ([LabConnection](), [LabConnection]())
        for name in ["A", "B", "C"] {
            clients.append(try await stage.another(.client, name).dial(listener))
            servers.append(try await listener.accept())
            serve(servers[servers.count - 1], stage)
        }
        let pairs = zip(clients.map(\.connection), servers.map(\.connection))
        stage.found(
            "ends agree",
            .flag(
                pairs.allSatisfy {
                    $0.localEndpoint == $1.remoteEndpoint && $0.remoteEndpoint == $1.localEndpoint
                }))
        stage.found("connections", .number(clients.count))
        stage.found("server ports", .number(Set(servers.map { $0.connection.localEndpoint }).count))
        stage.found("client ports", .number(Set(clients.map { $0.connection.localEndpoint }).count))

        await stage.step("They speak in another order than they came")
        var answers: [String] = []
        for (index, word) in [(2, "third"), (0, "first"), (1, "second")] {
            await clients[index].write(word)
            let answer = await clients[index].read()
            answers.append("\(clients[index].party.label ?? ""): \(Reading.quoted(answer.bytes))")
        }
        stage.found("answers", .list(answers))
    }

    /// Sends back whatever comes, until the end.
    @Netpoller
    private static func serve(_ server: LabConnection, _ stage: Stage) {
        let quiet = LabConnection(server.connection, of: server.party.quiet)
        _ = stage.go {
            while true {
                let reading = await quiet.read()
                guard reading.count > 0 else { return }
                server.party.note("read \(reading.text), write it back")
                await quiet.write(reading.bytes)
            }
        }
    }
}
