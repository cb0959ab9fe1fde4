import SockKit

/// What a sender hears of a port where nobody is.
enum UdpRefused: Experiment {
    static let title = "A UDP socket hears of a refusal once, if it is connected or asks for it"
    static let covers = [84]
    static let documents = [SourceDocument.basics]
    static let claim = "The client just sends: with UDP nothing has to be set up before, and no server has to be there."
    static let question = "A client sends to a port that nobody has. Does anything tell it?"

    static let expectations = [
        Expectation(
            says: "A client can send without any server.",
            here: "the send said {first send}; the read after it met {first read}, and one more read {second read}",
            why: """
                The datagram was sent, so send(2) succeeded. The kernel at the other end, here the same one, answered with \
                an ICMP message "port unreachable". A connected socket keeps that as its error until the next call \
                takes it.
                """,
            holds: .equal("first send", "nil"), .equal("first read", "ECONNREFUSED"),
            .equal("second read", "timeout")),
        Expectation(
            here: "the next send said {second send}: a refusal ends nothing",
            why:
                "There is no connection that could be broken. A server that comes up a second later receives the next datagram.",
            holds: .equal("second send", "nil")),
        Expectation(
            here:
                "an unconnected socket sent to the same port, {unconnected send}, and waited for {silence} in vain: {unconnected read}",
            why: """
                It may have sent to a hundred places, and an error number alone would not say which one refused. So the \
                kernel does not report it (udp(7)).
                """,
            holds: .equal("unconnected send", "ok"), .equal("unconnected read", "timeout")),
        Expectation(
            here: "with IP_RECVERR the unconnected socket was told {queued}, for {destination}",
            why: """
                That option keeps each error in a queue of its own, together with the address that it is about; recvmsg(2) \
                with MSG_ERRQUEUE takes them out (ip(7)).
                """,
            holds: .equal("queued", "ECONNREFUSED"), .equal("destination", to: "closed port")),
    ]

    static let commands = """
        1$ sockctl udp-send -w 1s 127.0.0.1:3000 hello
        sockctl: write udp 127.0.0.1:44527->127.0.0.1:3000: sendmmsg: connection refused
        hint: nobody receives there: the refusal came back as an ICMP message
        sent        1
        refused     1
        ...
        1$ echo $?
        69
        """

    static let lesson = """
        UDP errors come late, belong to an earlier send, and may never come. Treat silence and refusal as the same thing: no \
        answer within the time that you give it.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let port = try await stage.unusedPort()
        let place = Endpoint.ip(IPAddress("127.0.0.1") ?? .v4Any, port: port)
        let silence = stage.span(.milliseconds(100), document: .seconds(1))
        stage.found("closed port", .text("\(place)"))
        stage.found("silence", .span(silence))

        await stage.step("A connected socket sends to a port that nobody has")
        let client = try await stage.client.dial(.udp, "\(place)")
        stage.found("first send", .text(await client.write("hello").code))
        stage.kernel.inferred("ICMP port unreachable comes back")
        stage.found("first read", .text(await client.read().code))
        client.connection.readDeadline = .now + silence
        stage.found("second read", .text(await client.read().code))
        stage.found("second send", .text(await client.write("hello?").code))

        await stage.step("An unconnected socket does the same")
        let open = try await stage.another(.client, "unconnected").bind()
        stage.found("unconnected send", .text(await open.send("hello", to: place).code))
        stage.kernel.inferred("the same ICMP message comes back")
        open.socket.readDeadline = .now + silence
        stage.found("unconnected read", .text(await open.receive().error.code))

        await stage.step("A third asks for its errors with IP_RECVERR")
        let party = stage.another(.client, "IP_RECVERR")
        let asking = try await party.call("socket, IP_RECVERR") { () async throws(NetworkError) in
            try DatagramConfiguration(receivesErrors: true).open(.udp, to: [place], connected: false)
        }
        await LabSocket(asking, of: party).send("hello", to: place)
        var errors: [NetworkError] = []
        _ = await stage.until {
            errors += asking.takeErrors()
            return !errors.isEmpty
        }
        party.note(
            "error queue: \(errors.first?.code ?? "empty"), for \(errors.first?.remote.map { "\($0)" } ?? "nobody")")
        stage.found("queued", .text(errors.first?.code ?? "nothing"))
        stage.found("destination", .text(errors.first?.remote.map { "\($0)" } ?? ""))
    }
}
