import SockKit

/// Two writes, one read; one write, three reads.
enum StickyPackets: Experiment {
    static let title = "Two messages come in one read, one in three: only frames tell them apart"
    static let covers = [103]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        TCP is a stream: packets stick together or arrive in parts. A protocol marks where each message ends, with a delimiter \
        or with a length in front of it, and the reader puts the messages together again.
        """
    static let question =
        "A client writes messages. What do single reads return, and what does a reader of frames return?"

    static let expectations = [
        Expectation(
            says: "Packets stick together.",
            here: "writes of \u{201c}one\u{201d} and \u{201c}two\u{201d} were one read: \u{201c}{sticky}\u{201d}",
            why: """
                The kernel keeps bytes and no messages. Both writes were in the receive buffer when the server read, and a read \
                takes what there is.
                """,
            holds: .equal("sticky", "onetwo")),
        Expectation(
            says: "A packet arrives in parts.",
            here: "a write of 20 bytes, read with room for 8, came in {parts}",
            why:
                "A read ends when its buffer is full. On a real network a long message may also come in several segments.",
            holds: .equal("parts", ["8", "8", "4"])),
        Expectation(
            says: "A length in front of each message marks its end.",
            here: """
                with a length of 4 bytes in front, the two came as {framed}; a third, whose bytes came in {pieces:read}, as \
                "{dribbled}"
                """,
            why: """
                The reader collects bytes until the length is there, and then until the message is. How the stream was cut into \
                reads has no influence any more.
                """,
            holds: .equal("framed", ["\u{201c}one\u{201d}", "\u{201c}two\u{201d}"]), .equal("dribbled", "three"),
            .atLeast("pieces", 2)),
        Expectation(
            here: "a stream that ended inside a frame was reported: {cut}",
            why:
                "2 of 5 bytes are no message. Whoever takes the end of the stream for the end of a message accepts half of one.",
            holds: .equal("cut code", "frame")),
    ]

    static let commands = """
        1$ sockctl listen --frame length:4 -v 3000
        message 1, 3 bytes, 127.0.0.1:58468
        message 2, 3 bytes, 127.0.0.1:58468
        one
        two
        ...
        2$ printf 'one\\ntwo\\n' | sockctl dial --frame length:4 3000
        """

    static let lesson = """
        There is no packet in TCP. If your protocol has messages, it has to say where each one ends, and the reader has to keep \
        what is not whole yet.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("Two writes, and a server that reads late")
        await client.write("one")
        await client.write("two")
        await stage.kernel.holds(6, for: server)
        stage.found("sticky", .text(await server.read(100).string))

        await stage.step("A long write, and a server that reads 8 bytes at a time")
        await client.write("01234567890123456789")
        await stage.kernel.holds(20, for: server)
        var parts: [String] = []
        for _ in 1...3 { parts.append("\(await server.read(8).count)") }
        stage.found("parts", .list(parts))
        try await frames(stage, client, server)
    }

    @Netpoller
    private static func frames(
        _ stage: Stage, _ client: LabConnection, _ server: LabConnection
    ) async throws(Interruption) {
        var decoder = FrameDecoder(.length(Framing.LengthField(width: 4)), maximum: 1000)
        await stage.step("The same two messages, each with its length in front, in one read")
        await client.write(frame("one") + frame("two"), called: "write(4 bytes, \"one\", 4 bytes, \"two\")")
        await stage.kernel.holds(14, for: server)
        let framed = take(await server.read(100).bytes, &decoder, stage)
        stage.found("framed", .list(framed.map { "\u{201c}\($0)\u{201d}" }))

        await stage.step("A message whose bytes come in parts")
        var (pieces, third) = (0, [String]())
        for piece in [frame("three").prefix(2), frame("three").dropFirst(2).prefix(4), frame("three").dropFirst(6)] {
            await client.write(Array(piece), called: "write(\(piece.count) bytes of the frame)")
            third += take(await server.read(100).bytes, &decoder, stage)
            pieces += 1
        }
        stage.found("pieces", .number(pieces))
        stage.found("dribbled", .text(third.joined(separator: " ")))

        await stage.step("A message that is cut off")
        await client.write(Array(frame("never").prefix(6)), called: "write(6 bytes of the frame)")
        client.close()
        _ = take(await server.read(100).bytes, &decoder, stage)
        await server.read(100)
        let error = decoder.finish()?.error
        stage.server.note(error?.description ?? "no error")
        stage.found("cut", .text(error?.description ?? "not at all"))
        stage.found("cut code", .text(error?.code ?? ""))
    }

    private static func frame(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }

    /// The messages that are whole now.
    @Netpoller
    private static func take(_ bytes: [UInt8], _ decoder: inout FrameDecoder, _ stage: Stage) -> [String] {
        var messages: [String] = []
        try? decoder.push(bytes.span) { (_, payload) throws(FramingError) in
            var copy: [UInt8] = []
            copy.append(payload)
            messages.append(String(decoding: copy, as: UTF8.self))
        }
        let text = messages.isEmpty ? "no message is whole" : "whole now: \(messages.joined(separator: ", "))"
        stage.server.note(text)
        return messages
    }
}
