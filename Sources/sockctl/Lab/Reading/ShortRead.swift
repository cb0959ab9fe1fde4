import SockKit

/// A read gives what is there, and does not wait for more.
enum ShortRead: Experiment {
    static let title = "A read returns what is there, not what was asked for"
    static let covers = [52, 53]
    static let documents = [SourceDocument.server]
    static let claim = """
        The server reads into a slice of 10 bytes. If the client has written 2 bytes, Read returns n=2 and no error at \
        once; it does not wait until 10 have come. If the client has written 15, the first Read returns 10 and the \
        next one the other 5.
        """
    static let question = "What does a read of 10 return while 2 bytes are there, and while 15 are?"

    static let expectations = [
        Expectation(
            says: "2 bytes are there: Read(10) returns 2, nil.",
            here: "read(10) returned {first:byte}, \u{201c}{text}\u{201d}, with the error {first error}",
            why:
                "A read waits only while nothing is there. TCP is a stream: how many bytes belong together is not its affair.",
            holds: .equal("first", 2), .equal("text", "hi"), .equal("first error", "nil")),
        Expectation(
            says: "15 bytes are there: Read(10) returns 10, the next one the 5 that are left.",
            here: "the reads returned {second} and {third} bytes; in between the kernel held {left}",
            why:
                "The buffer was filled, and the rest stayed in the kernel's receive buffer until somebody asked for it.",
            holds: .equal("second", 10), .equal("left", 5), .equal("third", 5)),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve echo -k --read-size 10 -v
        read      2 bytes, 2 bytes in all, 127.0.0.1:46728
        read     10 bytes, 10 bytes in all, 127.0.0.1:51004
        read      5 bytes, 15 bytes in all, 127.0.0.1:51004
        ...
        2$ printf hi | sockctl dial 3000
        hi
        2$ printf 0123456789ABCDE | sockctl dial 3000
        0123456789ABCDE
        """

    static let lesson = """
        A read's count is a fact about the kernel's buffer at that moment, never about what the peer wrote at once. \
        Whoever needs exactly n bytes reads in a loop until there are n.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The client writes 2 bytes, the server reads up to 10")
        await client.write("hi")
        await stage.kernel.holds(2, for: server)
        let first = await server.read(10)
        stage.found("first", .bytes(first.count))
        stage.found("text", .text(first.string))
        stage.found("first error", .text(first.code))

        await stage.step("The client writes 15 bytes, the server reads up to 10, twice")
        await client.write("0123456789ABCDE")
        await stage.kernel.holds(15, for: server)
        let second = await server.read(10)
        stage.found("second", .bytes(second.count))
        stage.found("left", .bytes(stage.kernel.unread(server)))
        let third = await server.read(10)
        stage.found("third", .bytes(third.count))
    }
}
