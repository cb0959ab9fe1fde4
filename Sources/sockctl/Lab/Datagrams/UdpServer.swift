import SockKit

/// A datagram server has nothing to accept.
enum UdpServer: Experiment {
    static let title = "A UDP server only binds, and every datagram brings its sender's address"
    static let covers = [78, 87]
    static let documents = [SourceDocument.basics, .sockets]
    static let claim = """
        A UDP server is made with ListenUDP and has no Accept. ReadFromUDP returns the number of bytes and the address of \
        whoever sent them. To "listen" for datagrams is a bind and no more: listen(2) is for stream sockets.
        """
    static let question =
        "What does the server learn from one datagram, and what does the kernel say to listen and accept?"

    static let expectations = [
        Expectation(
            says: "The server prints the client's address and what the client said.",
            here: "receive gave {size} bytes from {sender}: \u{201c}{text}\u{201d}",
            why: """
                There is no connection that could remember the peer, so the kernel hands over the source address with \
                every single datagram (recvfrom(2)).
                """,
            holds: .equal("size", 17), .equal("sender", to: "client"), .equal("text", "can you hear me?\\n")),
        Expectation(
            says: "The server prints string(buf), where buf has 100 bytes.",
            here: "{size} of the {room} bytes came from the client; string(buf) prints {rest} NUL bytes behind them",
            why:
                "The buffer is as long as it was made. Only the count says how much of it was filled: string(buf[:n]).",
            document: .wrong, holds: .sum(["size", "rest"], equals: "room"), .more("rest", than: "nothing")),
        Expectation(
            says: "Listening for datagrams is a bind: there is no listen and no accept.",
            here: "the server's socket was made with {calls}; listen said {listen}, accept said {accept}",
            why: """
                A queue of connections that wait makes sense only where there are connections: the kernel's UDP has \
                neither operation, and answers EOPNOTSUPP.
                """,
            holds: .equal("calls", ["socket", "bind"]), .equal("listen", "EOPNOTSUPP"),
            .equal("accept", "EOPNOTSUPP")),
        Expectation(
            here: "send without an address said {no address}, and to port 0 {port 0}",
            why: """
                Nothing has told this socket where to send: connect(2) would, and so does every sendto(2). Port 0 means \
                "any" when binding and is nobody's when sending.
                """,
            holds: .equal("no address", "EDESTADDRREQ"), .equal("port 0", "EINVAL")),
    ]

    static let commands = """
        1$ sockctl udp-recv -v --count 1 127.0.0.1:3000
        listening on udp://127.0.0.1:3000 (this machine only)
        from 127.0.0.1:3001, 17 bytes, to 127.0.0.1:3000, TTL 64, at 17:09:58.827360
        can you hear me?
        ...
        2$ sockctl udp-send -s 127.0.0.1:3001 127.0.0.1:3000 'can you hear me?\\n'
        sent        1
        bytes       17 bytes
        ...
        """

    static let lesson = """
        UDP has no connections, so it has no accept and no end. One socket serves everybody, and the sender's address \
        comes with each datagram.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let recorder = stage.recordCalls()
        await stage.step("The server binds a socket, and a client sends it a datagram")
        let server = try await stage.server.bind()
        let calls = recorder.calls(of: server.number).map(\.call)
        stage.found("calls", .list(calls.filter { ["socket", "bind", "listen"].contains($0) }))
        let client = try await stage.client.bind()
        await client.send("can you hear me?\n", to: server.endpoint)
        let (datagram, bytes, _) = await server.receive(100)
        stage.found("room", 100)
        stage.found("nothing", 0)
        stage.found("size", .bytes(bytes.count))
        stage.found("rest", .number(100 - bytes.count))
        stage.found("text", .text(TextEscapes.show(bytes)))
        stage.found("sender", .text(datagram.map { "\($0.source)" } ?? ""))
        stage.found("client", .text("\(client.endpoint)"))

        await stage.step("The server tries to listen and to accept all the same")
        let number = server.number
        let listen = stage.server.system("listen(\(number), 5)") { () throws(Errno) in
            try SocketCalls.listen(number, backlog: 5)
        }
        stage.found("listen", .text(listen.code))
        let accept = stage.server.system("accept4(\(number))") { () throws(Errno) in
            _ = try SocketCalls.accept(number)
        }
        stage.found("accept", .text(accept.code))

        await stage.step("The client sends without saying where, and to port 0")
        let own = client.number
        let send = stage.client.system("send(\(own), \"x\")") { () throws(Errno) in
            _ = try BlockingCalls.send(own, [UInt8(ascii: "x")].span)
        }
        stage.found("no address", .text(send.code))
        let zero = await client.send("x", to: .ip(server.endpoint.address ?? .v4Any, port: 0))
        stage.found("port 0", .text(zero.code))
    }
}
