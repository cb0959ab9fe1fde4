import SockKit

/// A server for a binary protocol of one's own.
enum PacketProtocol: Experiment {
    static let title = "A binary protocol: connect first, every answer repeats its request's id"
    static let covers = [118]
    static let documents = [SourceDocument.server]
    static let claim = """
        The task is a server for an application protocol of one's own on TCP, in binary mode: a length field marks each packet. \
        The client sends a request, the server answers it, until the client leaves. (The picture of the packets is missing \
        in our copy: these are ours.)
        """
    static let question =
        "What does the server answer to a connect, to submits that come at once, and to packets that break the rules?"

    static let expectations = [
        Expectation(
            says: "One request, one response, on one connection.",
            here: "the connect was answered with {connect}, two submits in one write with {submits}",
            why: """
                A packet is its total length (4 bytes), a command, an id of 8 bytes and a payload. The id comes back in the \
                answer, so the client knows which request it belongs to.
                """,
            holds: .equal("connect", ["81 00000001 0"]), .equal("submits", ["82 00000002 0", "82 00000003 0"])),
        Expectation(
            says: "A length field marks the packet's end.",
            here: "a submit that came in two parts was answered once: {cut}",
            why: "The first 4 bytes say how many follow. Before they are all there, the server has nothing to answer.",
            holds: .equal("cut", ["82 00000004 0"])),
        Expectation(
            here: "a submit before any connect was answered with {early}, and the server closed: {early error}",
            why:
                "Result 1 tells the client, the text tells the operator: which packet, which byte, and what is wrong with it.",
            holds: .equal("early", ["82 00000001 1"]), .equal("early code", "frame")),
        Expectation(
            here: "a packet whose length is 5 was not answered, and the server closed: {short error}",
            why: """
                No packet is shorter than its length, command and id: 13 bytes. After a wrong length nobody knows where the next \
                packet begins, so the connection is over.
                """,
            holds: .equal("short", .list([])), .equal("short code", "frame")),
    ]

    static let commands = """
        1$ sockctl listen --serve frames --max-accepts 1 -v 3000
        message 1, 0 bytes, 127.0.0.1:48932
        message 2, 5 bytes, 127.0.0.1:48932
        message 3, 6 bytes, 127.0.0.1:48932
        ...
        2$ printf 'first\\nsecond\\n' | sockctl dial --submit -v 3000
        ack of 00000000: ok, after 257 µs, 127.0.0.1:3000
        ack of 00000001: ok, after 161 µs, 127.0.0.1:3000
        ack of 00000002: ok, after 161 µs, 127.0.0.1:3000
        ...
        """

    static let lesson = """
        A protocol needs a length, a kind and an id, and an answer to every packet that breaks its rules. Everything that comes \
        from the peer is checked before it is believed.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        await stage.step("A connect, and two submits in one write")
        let (client, serving) = try await dial(listener, stage)
        await client.write(packet(0x01, 1, "me"), called: "write(connect 1)")
        stage.found("connect", .list(await acks(1, client)))
        await client.write(packet(0x02, 2, "hello") + packet(0x02, 3, "again"), called: "write(submit 2, submit 3)")
        stage.found("submits", .list(await acks(2, client)))

        await stage.step("A submit in two parts")
        let cut = packet(0x02, 4, "in two parts")
        await client.write(Array(cut.prefix(6)), called: "write(6 bytes of submit 4)")
        await client.write(Array(cut.dropFirst(6)), called: "write(the rest of submit 4)")
        stage.found("cut", .list(await acks(1, client)))
        client.close()
        _ = await serving.value

        await stage.step("A submit before any connect")
        let (early, first) = try await dial(listener, stage)
        await early.write(packet(0x02, 1, "hello"), called: "write(submit 1)")
        stage.found("early", .list(await acks(1, early)))
        keep(await first.value, "early", stage)

        await stage.step("A length that no packet has")
        let (short, second) = try await dial(listener, stage)
        await short.write([0, 0, 0, 5, 1], called: "write(00 00 00 05 01)")
        stage.found("short", .list(await acks(1, short)))
        keep(await second.value, "short", stage)
    }

    @Netpoller
    private static func keep(_ error: FramingError?, _ name: String, _ stage: Stage) {
        stage.found("\(name) error", .text(error?.description ?? "nothing"))
        stage.found("\(name) code", .text(error?.code ?? "ok"))
    }

    @Netpoller
    private static func dial(
        _ listener: LabListener, _ stage: Stage
    ) async throws(Interruption) -> (LabConnection, Going<FramingError?>) {
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        return (client, stage.go { await serve(server) })
    }

    /// Answers packets until the client ends or breaks the rules; says how it broke them.
    @Netpoller
    private static func serve(_ server: LabConnection) async -> FramingError? {
        let quiet = LabConnection(server.connection, of: server.party.quiet)
        var responder = PacketResponder(maximum: 1024)
        var broken: FramingError?
        while broken == nil {
            let reading = await quiet.read(512)
            guard reading.count > 0 else { break }
            var answers: [UInt8] = []
            do throws(FramingError) {
                try responder.push(reading.bytes.span, into: &answers) { (index, count) in
                    server.party.note("packet \(index): \(Quantity.bytes(count)) of payload")
                }
            } catch {
                broken = error
                server.party.note(error.description)
            }
            let count = answers.count / Packet.ackSize
            if count > 0 { await server.write(answers, called: "write(\(Quantity.count(count, "answer")))") }
        }
        server.close()
        return broken
    }

    private static func packet(_ command: UInt8, _ id: Int, _ payload: String) -> [UInt8] {
        var bytes: [UInt8] = []
        Packet.append(command, Packet.ID(id), Array(payload.utf8).span, to: &bytes)
        return bytes
    }

    /// So many answers as `COMMAND ID RESULT`, or fewer if the server closes.
    @Netpoller
    private static func acks(_ count: Int, _ client: LabConnection) async -> [String] {
        let quiet = LabConnection(client.connection, of: client.party.quiet)
        var bytes: [UInt8] = []
        while bytes.count < count * Packet.ackSize {
            let reading = await quiet.read(512)
            guard reading.count > 0 else { break }
            bytes += reading.bytes
        }
        let answers = stride(from: 0, to: bytes.count / Packet.ackSize * Packet.ackSize, by: Packet.ackSize).map {
            start in
            let ack = bytes[start..<start + Packet.ackSize]
            let id = String(decoding: ack.dropFirst(5).prefix(8), as: UTF8.self)
            return "\(String(ack[start + 4], radix: 16)) \(id) \(ack[start + 13])"
        }
        client.party.note(
            "answers: \(answers.isEmpty ? "none, the server has closed" : answers.joined(separator: ", "))")
        return answers
    }
}
