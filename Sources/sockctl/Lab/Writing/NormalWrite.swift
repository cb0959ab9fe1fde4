import SockKit

/// What a successful write says.
enum NormalWrite: Experiment {
    static let title = "A write that returns all its bytes has handed them to the kernel, not to the peer"
    static let covers = [59, 64]
    static let documents = [SourceDocument.server]
    static let claim = """
        A normal Write returns n = len(data) and no error. Inside, it loops until everything is sent: n is smaller only \
        together with an error.
        """
    static let question = "A write returned the full count. Who has the bytes? And how many calls of send(2) was it?"

    static let expectations = [
        Expectation(
            says: "Write returns n = len(data), nil.",
            here: "write(\"hello\") returned {count} and {error} while the server's program had read {read}",
            why: """
                The kernel copied {waiting:byte} and sent them to the other kernel, where they wait. Neither kernel can \
                know whether a program will ever read them.
                """,
            holds: .equal("count", 5), .equal("error", "nil"), .equal("waiting", 5), .equal("read", 0)),
        Expectation(
            says: "Write loops until everything is sent.",
            here: "one write of {size} bytes returned {large count}, after {sends} calls of send(2)",
            why: """
                The buffers are smaller than that. send(2) on a non-blocking socket takes what there is room for, and \
                says EAGAIN when there is none; Write waits for the poller and goes on with the rest.
                """,
            holds: .equal("large count", to: "size"), .atLeast("sends", 2), .equal("arrived", to: "size")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --no-read -v -k
        ...
        closed 127.0.0.1:45684 from this side after 308 ms: received 0 bytes, sent 0 bytes, 5 bytes unread
        ...
        2$ printf hello | sockctl dial 3000 -q 100ms -v
        ...
        closed 127.0.0.1:3000 from this side after 101 ms: received 0 bytes, sent 5 bytes (50 bytes/s)
        ...
        """

    static let lesson = """
        Write never returns a short count without an error, and the full count means "copied". Whether somebody read it \
        only the peer's program can say, in an answer.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let options = SocketOptions.buffered(65536)
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = try await listener.accept()

        await stage.step("The client writes 5 bytes; nobody reads")
        let small = await client.write("hello")
        stage.found("count", .bytes(small.count))
        stage.found("error", .text(small.code))
        stage.found("read", .bytes(0))
        await stage.kernel.holds(5, for: server)
        stage.found("waiting", .bytes(server.connection.bytesWaiting))
        await server.read()

        await stage.step("The client writes more than the buffers hold, while the server reads")
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        stage.found("size", .bytes(bytes.count))
        let log = client.log("send")
        let reading = stage.go { await server.drain(bytes.count) }
        let large = await client.write(bytes)
        let sends = log.results
        let (taken, full) = (sends.count { $0 != "EAGAIN" }, sends.count { $0 == "EAGAIN" })
        stage.client.note("send(2) took a part \(taken) times, and said EAGAIN \(full) times")
        stage.found("large count", .bytes(large.count))
        stage.found("sends", .number(sends.count))
        stage.found("arrived", .bytes(await reading.value))
    }
}
