import SockKit

/// A server that closes connections on which nothing happens.
enum IdleGoodbye: Experiment {
    static let title = "A server says goodbye to whoever is silent for too long"
    static let covers = [45, 46]
    static let documents = [SourceDocument.basics]
    static let claim = """
        A server sets a read deadline 3 seconds away before each read, so that any input renews it. When nothing has \
        come for 3 seconds, it writes "goodbye" to the client and closes the connection.
        """
    static let question = "How long does such a connection live, and what does the silent client see at its end?"

    static let expectations = [
        Expectation(
            says: "Any input keeps the connection alive.",
            here:
                "{inputs} inputs came {gap} apart; the connection lived {lived}, although it may be silent only for {idle}",
            why: """
                Each read is given a new deadline. The limit is on the silence between two inputs, so a client that \
                says a little now and then is never late.
                """,
            holds: .equal("inputs", 5), .more("lived", than: "idle")),
        Expectation(
            says: "After 3 seconds of silence the client gets \"goodbye\", and the connection is closed.",
            here: "the client was silent for {silence}, then read {farewell}, and then {end}",
            why: """
                The server's read met its deadline. That is no fault of the connection: it can still be written to, and \
                what is written before close(2) arrives before the end does.
                """,
            holds: .equal("farewell", #""goodbye\n""#), .equal("end", "EOF"), .about("silence", "idle"),
            .equal("cause", "timeout")),
    ]

    static let commands = #"""
        1$ sockctl listen 3000 -i 300ms --goodbye 'goodbye\n' -k
        listening on 127.0.0.1:3000 (this machine only)
        hello
        sockctl: read tcp 127.0.0.1:3000->127.0.0.1:52428: nothing came or went for 300 ms
        2$ (echo hello; sleep 1) | sockctl dial 3000
        goodbye
        """#

    static let lesson = """
        Without a limit on silence a server keeps a silent client for ever, and one that was switched off until TCP \
        keep-alive notices, if that is on. Renew the deadline before each read, and leave the loop once it has passed.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let idle = stage.span(.milliseconds(400), document: .seconds(3))
        let gap = stage.span(.milliseconds(100), document: .seconds(2))
        stage.found("idle", .span(idle))
        stage.found("gap", .span(gap))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The client says something now and then, then no more; the server renews its deadline")
        let start = Deadline.now
        let serving = stage.go { await serve(server, idle) }
        for number in 1...5 {
            if number > 1 { await stage.pause(gap) }
            await client.write("\(number)")
        }
        let last = Deadline.now
        // Not a step, before which somebody may want to read: the server's deadline would not wait for that.
        stage.client.note("falls silent")
        let farewell = await client.read()
        stage.found("silence", .span(.now - last))
        stage.found("lived", .span(.now - start))
        stage.found("farewell", .text(Reading.quoted(farewell.bytes)))
        stage.found("end", .text(await client.read().code))
        let served = await serving.value
        stage.found("inputs", .number(served.inputs))
        stage.found("cause", .text(served.cause))
    }

    /// Reads with a new deadline each time, until there is silence.
    @Netpoller
    private static func serve(_ server: LabConnection, _ idle: Duration) async -> (inputs: Int, cause: String) {
        server.party.note("before each read: SetReadDeadline(now + \(Quantity.duration(idle)))")
        var inputs = 0
        while true {
            server.connection.readDeadline = .now + idle
            let reading = await server.read()
            guard reading.count > 0 else {
                await server.write("goodbye\n")
                server.close()
                return (inputs, reading.code)
            }
            inputs += reading.count
        }
    }
}
