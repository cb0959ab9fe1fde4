import SockKit

/// A connection on which nothing happens.
enum SilentConnection: Experiment {
    static let title = "A silent connection lives until one side ends it, and costs no packet"
    static let covers = [73]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        A connection lives until one of the two sides closes it.
        """
    static let question = "Nobody says anything for a while. What do the two kernels exchange meanwhile?"

    static let expectations = [
        Expectation(
            says: "The connection lives until one side closes it.",
            here: """
                after a silence of {silence} both ends were in {state}, and "{text}" could be sent at once
                """,
            why: "TCP has no limit on silence. A connection is an entry in two kernels, and nothing makes it go away.",
            holds: .equal("state", "ESTAB"), .equal("text", "hello")),
        Expectation(
            here:
                "in that time the client's kernel sent {sent} segments and received {received}; keep-alive was {keep-alive}",
            why: """
                Without SO_KEEPALIVE, which is off unless a program asks (Go does), not even a sign of life is sent. A \
                cable can be cut and mended meanwhile, and a peer can lose its power: neither is noticed.
                """,
            holds: .equal("sent", 0), .equal("received", 0), .equal("keep-alive", "off")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --keepalive off -k
        listening on 127.0.0.1:3000 (this machine only)
        hello
        2$ (sleep 0.5; echo hello) | sockctl dial 3000 --keepalive off -v
        ...
        tcp: CLOSE, round trip 89 µs ± 128 µs, 0 retransmits, segments 4 sent, 2 received, mss 32768
        """

    static let lesson = """
        A connection that stands is not a sign that somebody is there. Only traffic is, and if the program has none, it has \
        to make some.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        var options = SocketOptions()
        options.keepAlive = .off
        let silence = stage.span(.milliseconds(400), document: .seconds(3))
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = try await listener.accept()
        let facts = client.connection.socketFacts?.pairs ?? []
        stage.found("keep-alive", .text(facts.first { $0.name.contains("keep") }?.value ?? "off"))

        await stage.step("Nobody says anything")
        let before = client.connection.tcpInfo
        let start = Deadline.now
        await stage.pause(silence)
        let after = client.connection.tcpInfo
        stage.found("silence", .span(.now - start))
        let sent = (after?.segmentsSent ?? 0) - (before?.segmentsSent ?? 0)
        let received = (after?.segmentsReceived ?? 0) - (before?.segmentsReceived ?? 0)
        stage.kernel.says("client: \(sent) segments sent, \(received) received meanwhile", source: "TCP_INFO")
        stage.found("sent", .number(sent))
        stage.found("received", .number(received))
        let states = (stage.kernel.state(client), stage.kernel.state(server))
        stage.found("state", .text(states.0 == states.1 ? states.0 : "\(states.0) and \(states.1)"))

        await stage.step("The client writes again")
        await client.write("hello")
        stage.found("text", .text(await server.read().string))
    }
}
