import SockKit

/// Four fates of a datagram whose send succeeded.
enum LostOrRefused: Experiment {
    static let title = "Waiting, dropped, refused or unheard: each of the four sends succeeds"
    static let covers = [84, 83]
    static let documents = [SourceDocument.basics, .processes]
    static let claim = "Data is sent without a connection, and whether it arrives is not guaranteed."
    static let question = "Four datagrams meet four different fates. Which of them can the sender tell apart?"

    static let expectations = [
        Expectation(
            says: "It is not guaranteed that what was sent arrives.",
            here: "the four sends said {waiting send}, {dropped send}, {refused send} and {unheard send}",
            why: "send(2) succeeds when the datagram has left. Everything else happens later and elsewhere.",
            holds: .equal("waiting send", "ok"), .equal("dropped send", "ok"), .equal("refused send", "ok"),
            .equal("unheard send", "ok")),
        Expectation(
            here:
                "one waits: the receiver's kernel holds {waiting} bytes; one was dropped: that socket's counter went up by {dropped}",
            why:
                "Only the receiver's kernel knows the difference between a datagram that waits and one that had no room.",
            holds: .equal("waiting", 5), .equal("dropped", 1)),
        Expectation(
            here:
                "with {silence} to wait the four reads met {waiting read}, {dropped read}, {refused read} and {unheard read}",
            why: """
                Nobody was at the last two ports, and ICMP said so both times. The socket that was connected is told; the \
                one that was not is never told.
                """,
            holds: .equal("waiting read", "timeout"), .equal("dropped read", "timeout"),
            .equal("refused read", "ECONNREFUSED"), .equal("unheard read", "timeout")),
    ]

    static let commands = """
        1$ sockctl udp-send -w 300ms 127.0.0.1:3000 hello
        sockctl: write udp 127.0.0.1:39307->127.0.0.1:3000: sendmmsg: connection refused
        ...
        1$ echo $?
        69
        1$ sockctl udp-send -w 300ms --unconnected 127.0.0.1:3000 hello
        sockctl: read udp: no reply came in time
        ...
        1$ echo $?
        75
        """

    static let lesson = """
        An error proves that nobody was there; the lack of one proves nothing. Only an answer from the program at the other \
        end says that a datagram was received.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let reader = try await stage.another(.server, "does not read").bind()
        var options = SocketOptions()
        options.receiveBuffer = 1
        let full = try await stage.another(.server, "is full").bind(
            .udp, "127.0.0.1:0", ListenConfiguration(options: options))
        let nobody = Endpoint.ip(IPAddress("127.0.0.1") ?? .v4Any, port: try await stage.unusedPort())
        let before = await fill(full, stage)

        await stage.step("Four datagrams are sent")
        let waiting = try await stage.another(.client, "waiting").dial(.udp, "\(reader.endpoint)")
        stage.found("waiting send", .text(await waiting.write("hello").error.code))
        let dropped = try await stage.another(.client, "dropped").dial(.udp, "\(full.endpoint)")
        stage.found("dropped send", .text(await dropped.write("hello").error.code))
        let refused = try await stage.another(.client, "refused").dial(.udp, "\(nobody)")
        stage.found("refused send", .text(await refused.write("hello").error.code))
        let unheard = try await stage.another(.client, "unheard").bind()
        stage.found("unheard send", .text(await unheard.send("hello", to: nobody).code))

        await stage.step("What the receivers' kernel knows")
        stage.found("waiting", .number(await stage.kernel.nextDatagram(of: reader)))
        _ = await stage.until { (full.socket.drops ?? 0) > before }
        stage.found("dropped", .number(stage.kernel.drops(of: full) - before))

        let silence = stage.span(.milliseconds(100), document: .seconds(1))
        stage.found("silence", .span(silence))
        await stage.step("What the senders are told: they read, for \(Quantity.duration(silence))")
        // A refusal is waited for a little longer, where the machine is busy; silence lasts as long as it is asked for.
        for (end, name) in [(waiting, "waiting"), (dropped, "dropped"), (refused, "refused")] {
            end.connection.readDeadline = .now + (name == "refused" ? .seconds(5) : silence)
            stage.found("\(name) read", .text(await end.read().code))
        }
        unheard.socket.readDeadline = .now + silence
        stage.found("unheard read", .text(await unheard.receive().error.code))
    }

    /// Fills a receive buffer; says how many datagrams it took to be dropped.
    @Netpoller
    private static func fill(_ full: LabSocket, _ stage: Stage) async -> Int {
        guard let filler = try? await stage.client.quiet.bind() else { return 0 }
        var drops: Int { full.socket.drops ?? 0 }
        for _ in 1...1000 where drops == 0 { await filler.send("filler", to: full.endpoint) }
        // One that was on its way may come late.
        var last = -1
        while last != drops {
            last = drops
            await stage.pause(.milliseconds(20))
        }
        stage.kernel.says("is full: \(last) dropped so far", source: "SO_MEMINFO")
        return last
    }
}
