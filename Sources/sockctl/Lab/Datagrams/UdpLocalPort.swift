import SockKit

/// A datagram client may choose its own port.
enum UdpLocalPort: Experiment {
    static let title = "A UDP client may choose its port; a second one at that port is refused"
    static let covers = [79]
    static let documents = [SourceDocument.basics]
    static let claim = """
        As there is no connection, the client says both addresses when it is made: its own, with a port of its choice or one \
        that the system chooses, and the server's.
        """
    static let question =
        "Which port does the server see, and who gets the datagrams if two sockets want the same port?"

    static let expectations = [
        Expectation(
            says: "A client can have a fixed port of its own.",
            here: "the client bound port {chosen}, and the server saw port {seen}",
            why:
                "bind(2) before the first send fixes the source port. Without it the kernel binds some free port at that send.",
            holds: .equal("seen", to: "chosen")),
        Expectation(
            here: "a second socket at port {chosen} met {second}",
            why: "A port belongs to one socket, unless all who share it say so before they bind.",
            holds: .equal("second", "EADDRINUSE")),
        Expectation(
            here: """
                two sockets that both set SO_REUSEADDR were bound to one port; of {sent} datagrams the first got {first}, \
                the second {last}
                """,
            why: """
                With SO_REUSEADDR on both, UDP lets the port be shared, and the one that was bound last gets everything \
                that is sent to it alone. SO_REUSEPORT is the option that spreads.
                """,
            holds: .equal("first", 0), .equal("last", to: "sent")),
    ]

    static let commands = """
        1$ sockctl udp-recv 127.0.0.1:3000
        ...
        2$ sockctl udp-send -s 127.0.0.1:3000 127.0.0.1:3001 hello
        sockctl: dial udp 127.0.0.1:3000->127.0.0.1:3001: bind: address already in use
        2$ echo $?
        73
        """

    static let lesson = """
        A fixed source port is what lets the other side answer a client that it knows by its address. It is also a port that \
        only one socket can have at a time.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A client at a port of its choice sends to the server")
        let server = try await stage.server.bind()
        let port = try await stage.unusedPort()
        let client = try await stage.client.bind(.udp, "127.0.0.1:\(port)")
        stage.found("chosen", .number(Int(port)))
        await client.send("can you hear me?\n", to: server.endpoint)
        let (datagram, _, _) = await server.receive(100)
        stage.found("seen", .number(Int(datagram?.source.port ?? 0)))

        await stage.step("Another client wants the same port")
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.bind(.udp, "127.0.0.1:\(port)")
        }
        stage.found("second", .text(error.code))

        await stage.step("Two sockets share a port, because both set SO_REUSEADDR")
        var options = SocketOptions()
        options.sharesAddress = true
        let shared = ListenConfiguration(options: options)
        let first = try await stage.another(.server, "first").bind(.udp, "127.0.0.1:0", shared)
        let last = try await stage.another(.server, "last").bind(.udp, "\(first.endpoint)", shared)
        var got = 0
        for text in ["one", "two", "three"] { await client.send(text, to: first.endpoint) }
        last.socket.readDeadline = .now + .seconds(5)
        for _ in 1...3 where await last.receive().datagram != nil { got += 1 }
        stage.found("sent", 3)
        stage.found("last", .number(got))
        let left = first.socket.queueDepths?.received ?? 0
        stage.kernel.says("first: \(left) bytes wait", source: "FIONREAD")
        stage.found("first", .number(left))
    }
}
