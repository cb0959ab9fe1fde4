import SockKit

/// A length that claims four gibibytes.
enum OversizedLength: Experiment {
    static let title = "Four bytes can claim four gibibytes, so a length is checked first"
    static let covers = [107]
    static let documents = [SourceDocument.server, .sockets]
    static let claim = """
        A binary protocol puts a length field in front of each message. What arrives must be read with a fixed bound, or a \
        flood fills the memory.
        """
    static let question =
        "A client sends the length ff ff ff ff and nothing else. What does the server do, and what does it cost?"

    static let expectations = [
        Expectation(
            says: "The length field says how long the message is.",
            here: "after {read:byte} the server refused: {error}",
            why: """
                The length is a claim of the peer, and costs it 4 bytes. A program that allocates what it is told gives 4 GiB \
                to anybody who asks.
                """,
            holds: .equal("read", 4), .equal("code", "limit")),
        Expectation(
            here: "the process grew by {growth} KiB, far from the {claimed} KiB that were claimed",
            why:
                "The length was compared with the limit first, and nothing was allocated. The figure is VmRSS of proc(5).",
            holds: .less("growth", than: "an eighth")),
        Expectation(
            here:
                "a length of 0 was taken as an empty message ({empty:byte}), one of the limit itself as a message ({largest:byte})",
            why: "The limit must refuse too much and nothing else. An empty message is a message.",
            holds: .equal("empty", 0), .equal("largest", 1000)),
    ]

    static let commands = """
        1$ sockctl listen -k --frame length:4 3000
        sockctl: read tcp 127.0.0.1:3000->127.0.0.1:48928: frame 1 at byte 0 has a length of 4294967295, beyond the limit of 1048576 bytes
        hint: a larger limit is set with: --max-frame SIZE
        ...
        2$ printf '\\377\\377\\377\\377' | sockctl dial 3000
        """

    static let lesson = """
        Never allocate what a stranger asks for. Check the length against your own limit, and let the memory grow with the bytes \
        that have really come.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let before = memory(stage)

        await stage.step("The client claims a message of 4,294,967,295 bytes")
        await client.write([255, 255, 255, 255], called: "write(ff ff ff ff)")
        let reading = await server.read(512)
        let claimed = decode(reading.bytes, stage)
        stage.found("read", .bytes(reading.count))
        stage.found("error", .text(claimed.error?.description ?? "nothing"))
        stage.found("code", .text(claimed.error?.code ?? "ok"))
        let after = memory(stage)
        stage.found("growth", .number(max(0, after - before)))
        stage.found("claimed", .number(4 << 20))
        stage.found("an eighth", .number(512 << 10))

        await stage.step("An empty message, and one that is exactly as long as it may be")
        await client.write([0, 0, 0, 0], called: "write(00 00 00 00)")
        stage.found("empty", .bytes(decode(await server.read(512).bytes, stage).lengths.first ?? -1))
        await client.write(
            [0, 0, 3, 232] + [UInt8](repeating: 120, count: 1000), called: "write(00 00 03 e8, 1000 bytes)")
        await stage.kernel.holds(1004, for: server)
        stage.found("largest", .bytes(decode(await server.read(2000).bytes, stage).lengths.first ?? -1))
    }

    /// What a decoder with a limit of 1000 bytes makes of bytes.
    @Netpoller
    private static func decode(_ bytes: [UInt8], _ stage: Stage) -> (lengths: [Int], error: FramingError?) {
        var decoder = FrameDecoder(.length(Framing.LengthField(width: 4)), maximum: 1000)
        var lengths: [Int] = []
        do throws(FramingError) {
            try decoder.push(bytes.span) { (_, payload) throws(FramingError) in lengths.append(payload.count) }
        } catch {
            stage.server.note(error.description)
            return (lengths, error)
        }
        stage.server.note("a message of \(Quantity.bytes(lengths.first ?? 0))")
        return (lengths, nil)
    }

    /// The process's memory that is really there, in KiB.
    @Netpoller
    private static func memory(_ stage: Stage) -> Int {
        let status = (try? FileCalls.contents(of: "/proc/self/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let size = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
        stage.kernel.says("this process has \(size) KiB of memory", source: "/proc/self/status")
        return size
    }
}
