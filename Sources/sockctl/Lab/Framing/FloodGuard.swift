import SockKit

/// A client that sends without end, and a server that has a limit.
enum FloodGuard: Experiment {
    static let title = "A server with a limit takes a few bytes of a flood, and the flood breaks"
    static let covers = [106]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        Reading from the network needs a limit on how many bytes are read, to protect against a flood attack.
        """
    static let question =
        "A client sends without end and without a newline. How much does a server keep whose lines have a limit?"

    static let expectations = [
        Expectation(
            says: "A bounded read protects the server.",
            here:
                "the server read {read} bytes in {reads:read}, then refused: {error}; {waiting} more waited in the kernel",
            why: """
                A read never takes more than its buffer, and a line never grows beyond its limit. What the kernel holds meanwhile \
                is bounded by the receive buffer, however much is sent.
                """,
            holds: .equal("code", "limit"), .atMost("read", .found("most")), .more("waiting", than: "read")),
        Expectation(
            here: "the client had written {written} bytes when its write met {first}, and the next one met {second}",
            why: """
                The server closed with unread bytes, so its kernel sent a reset, and not an orderly end: the sender learns at \
                once that nobody wants the rest.
                """,
            holds: .equal("first", "ECONNRESET"), .equal("second", "EPIPE")),
        Expectation(
            here: "of {written} bytes the server's program had {read} in its memory, ever",
            why: """
                Without the limit the program would collect a line that never ends, until its memory is gone. The limit makes the \
                cost of a stranger a number that you have chosen.
                """,
            holds: .less("read", than: "written")),
    ]

    static let commands = """
        1$ sockctl listen -k --frame line --max-frame 256 3000
        sockctl: read tcp 127.0.0.1:3000->127.0.0.1:58498: frame 1 at byte 0 is longer than the limit of 256 bytes
        ...
        2$ head -c 100000000 /dev/zero | sockctl dial 3000
        ...
        2$ echo $?
        74
        """

    static let lesson = """
        Give every read a buffer, every message a limit, and every silence a deadline. Of these three the server decides; \
        everything else its clients decide.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let (limit, room) = (256, 512)
        stage.found("most", .number(limit + room))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The client writes without end, and without a newline")
        let flood = client.flood(server, chunk: 65536)
        await stage.kernel.holds(65536, for: server)

        await stage.step("The server reads lines of at most \(limit) bytes")
        var decoder = FrameDecoder(.line, maximum: limit)
        var (read, reads, refusal) = (0, 0, FramingError?.none)
        while refusal == nil {
            let reading = await server.read(room)
            guard reading.count > 0 else { break }
            (read, reads) = (read + reading.count, reads + 1)
            do throws(FramingError) {
                try decoder.push(reading.bytes.span) { (_, _) throws(FramingError) in }
            } catch {
                refusal = error
            }
        }
        stage.server.note(refusal?.description ?? "no error")
        stage.found("read", .bytes(read))
        stage.found("reads", .number(reads))
        stage.found("error", .text(refusal?.description ?? "nothing"))
        stage.found("code", .text(refusal?.code ?? "ok"))
        stage.found("waiting", .bytes(stage.kernel.unread(server)))

        await stage.step("The server closes, with all that unread")
        server.close()
        let cut = await flood.outcome
        stage.found("written", .bytes(flood.returned + cut.count))
        stage.found("first", .text(cut.code))
        stage.found("second", .text(await client.write("more").code))
    }
}
