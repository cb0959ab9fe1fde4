import SockKit

/// One datagram socket speaks with anybody, both ways.
enum OneSocketManyServers: Experiment {
    static let title = "One UDP socket sends to any number of servers, and they answer it"
    static let covers = [80]
    static let documents = [SourceDocument.basics, .processes]
    static let claim = """
        One client can send to any number of servers, naming the address each time. The price, one document says, is that data \
        flows in one direction only.
        """
    static let question = "A client sends to two servers from one socket. Who sees whom, and can the servers answer?"

    static let expectations = [
        Expectation(
            says: "One socket can send to different addresses.",
            here: "both servers saw the client at the same port, {first sees} and {second sees}",
            why: "The socket has one local address. Where a datagram goes stands in the datagram, not in the socket.",
            holds: .equal("first sees", to: "client"), .equal("second sees", to: "client")),
        Expectation(
            says: "Data can only be sent in one direction.",
            here: "both servers answered on the same sockets, and the client received {answers}",
            why: """
                Every datagram carries its source address, and a socket that is bound receives. UDP has no direction at \
                all: that each send names an address does not make it a one-way road.
                """, document: .wrong,
            holds:
                .equal("answers", inAnyOrder: ["\u{201c}one\u{201d} from first", "\u{201c}two\u{201d} from second"])),
        Expectation(
            here: """
                of a socket that is connected to the first server, the client read "{heard}"; the second one's datagram was \
                not for it
                """,
            why: """
                connect(2) on a datagram socket sends nothing. It sets the address for send(2), and makes the kernel hand \
                over only what comes from there (udp(7)).
                """,
            holds: .equal("heard", "yes"), .equal("unread", 0)),
    ]

    static let commands = """
        1$ sockctl udp-recv -v --count 1 --reply 'one\\n' 127.0.0.1:3000
        from 127.0.0.1:45356, 13 bytes, to 127.0.0.1:3000, TTL 64, at 17:09:58.907417
        ...
        2$ sockctl udp-recv -v --count 1 --reply 'two\\n' 127.0.0.1:3001
        from 127.0.0.1:45356, 13 bytes, to 127.0.0.1:3001, TTL 64, at 17:09:58.907565
        ...
        3$ sockctl udp-send -v -w 2s 127.0.0.1:3000,127.0.0.1:3001 'who are you?\\n'
        reply from 127.0.0.1:3000, 4 bytes in 610 µs: one
        reply from 127.0.0.1:3001, 4 bytes in 390 µs: two
        ...
        """

    static let lesson = """
        A bound UDP socket both sends and receives, with anybody. Connecting it only filters: it hears and speaks to one peer \
        from then on.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let first = try await stage.another(.server, "first").bind()
        let second = try await stage.another(.server, "second").bind()
        let client = try await stage.client.bind()
        stage.found("client", .text("\(client.endpoint)"))

        await stage.step("The client sends to both servers from one socket")
        await client.send("hello", to: first.endpoint)
        await client.send("hello", to: second.endpoint)
        let one = await first.receive()
        let two = await second.receive()
        stage.found("first sees", .text(one.datagram.map { "\($0.source)" } ?? ""))
        stage.found("second sees", .text(two.datagram.map { "\($0.source)" } ?? ""))

        await stage.step("Both servers answer")
        await first.send("one", to: client.endpoint)
        await second.send("two", to: client.endpoint)
        var answers: [String] = []
        for _ in 1...2 {
            let (datagram, bytes, _) = await client.receive()
            let who = datagram?.source == first.endpoint ? "first" : "second"
            answers.append("\u{201c}\(String(decoding: bytes, as: UTF8.self))\u{201d} from \(who)")
        }
        stage.found("answers", .list(answers))

        await stage.step("Another socket is connected to the first server; both servers send to it")
        let connected = try await stage.client.dial(.udp, "\(first.endpoint)")
        await second.send("no", to: connected.connection.localEndpoint)
        await first.send("yes", to: connected.connection.localEndpoint)
        let reading = await connected.read()
        stage.found("heard", .text(reading.string))
        stage.found("unread", .number(stage.kernel.unread(connected)))
    }
}
