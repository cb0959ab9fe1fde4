import SockKit

/// A deadline cuts a write short, and stays.
enum WriteDeadline: Experiment {
    static let title = "A write whose deadline passes has written a part, and the next one writes nothing"
    static let covers = [47, 48]
    static let documents = [SourceDocument.server]
    static let claim = """
        A client that sets a write deadline writes to a server that does not read. The write during which the deadline \
        passes returns n=24108 of 65,536 and i/o timeout: a part was written. All later writes fail until another \
        deadline is set.
        """
    static let question = "A write waits for room until its deadline. What has been written, and what can still be?"

    static let expectations = [
        Expectation(
            says: "The write returns a part of its bytes, and a timeout.",
            here: "write {number} returned {partial} of {chunk} bytes, and the error {error}",
            why: """
                The deadline counts only while a write waits. What the kernel had taken by then is gone from the \
                program: {returned} bytes of whole writes and this part are the {accepted} in the two queues, \
                {sending} in the sender's and {receiving} in the receiver's. How many it are is the kernel's affair; \
                24,108 was macOS.
                """,
            holds: .equal("error", "timeout"), .less("partial", than: "chunk"),
            .sum(["returned", "partial"], equals: "accepted"), .sum(["sending", "receiving"], equals: "accepted")),
        Expectation(
            says: "Later writes fail at once, until the deadline is set anew.",
            here: "the server had read everything, and the next write still returned {sticky count} and {sticky error}",
            why: "The deadline is looked at before the kernel is asked. That there is room again changes nothing.",
            holds: .equal("sticky count", 0), .equal("sticky error", "timeout"), .equal("arrived", 0)),
        Expectation(
            says: "Another deadline makes writing possible again.",
            here: "without a deadline a write of 4 returned {reset count}, and the error {reset error}",
            why: "Nothing is wrong with the connection: a deadline is only this side's patience.",
            holds: .equal("reset count", 4), .equal("reset error", "nil")),
    ]

    static let commands = """
        1$ sockctl write-block-probe --sndbuf 65536 --rcvbuf 65536 --chunk 100000 --write-timeout 200ms
        ...
        write 94834 bytes this time, 194834 bytes in total, error: write tcp 127.0.0.1:47426->127.0.0.1:46517: i/o timeout
        write 0 bytes this time, 194834 bytes in total, error: write tcp 127.0.0.1:47426->127.0.0.1:46517: i/o timeout
        ...
        """

    static let lesson = """
        After a write that timed out, a part of the message is on its way and cannot be called back. Whoever goes on must \
        go on after exactly n bytes, or close the connection.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let chunk = 100_000
        stage.found("chunk", .bytes(chunk))
        let options = SocketOptions.buffered(65536)
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = try await listener.accept()

        await stage.step("The client writes with a deadline to a server that does not read")
        client.setWriteDeadline(in: .milliseconds(200))
        let flood = client.flood(server, chunk: chunk)
        let cut = await flood.outcome
        let accepted = flood.returned + cut.count
        let queued = await client.settles(accepted, with: server)
        stage.found("number", .number(flood.writes + 1))
        stage.found("partial", .bytes(cut.count))
        stage.found("error", .text(cut.code))
        stage.found("returned", .bytes(flood.returned))
        stage.found("sending", .bytes(queued.sending))
        stage.found("receiving", .bytes(queued.receiving))

        await stage.step("The server reads all of it; the client writes again")
        server.connection.readDeadline = .now + .seconds(10)
        stage.found("accepted", .bytes(await server.drain(accepted)))
        let sticky = await client.write("more")
        stage.found("sticky count", .bytes(sticky.count))
        stage.found("sticky error", .text(sticky.code))
        stage.found("arrived", .bytes(stage.kernel.unread(server)))

        await stage.step("The client takes the deadline away and writes again")
        client.setWriteDeadline(in: nil)
        let again = await client.write("more")
        stage.found("reset count", .bytes(again.count))
        stage.found("reset error", .text(again.code))
    }
}
