import SockKit

/// A deadline is a moment, and stays once it has passed.
enum StickyDeadline: Experiment {
    static let title = "A deadline that has passed fails every later read, even with data waiting"
    static let covers = [41, 42]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        SetReadDeadline takes an absolute time. Once it has passed, every later read fails with a timeout until another \
        deadline is set: whoever wants a limit for each read sets it anew before each.
        """
    static let question = "A read has timed out. Then data comes. What does the next read return?"

    static let expectations = [
        Expectation(
            says: "When the deadline passes, the read fails with i/o timeout.",
            here: "read 1 waited {first took} and met {first error}, with {first count} bytes",
            why: "The loop that watches the socket has a timer beside it: whichever is first wakes the reader.",
            holds: .equal("first error", "timeout"), .about("first took", "deadline"), .equal("first count", 0)),
        Expectation(
            says: "All reads after that fail too, until the deadline is set anew.",
            here:
                "5 bytes were waiting, and read 2 still met {second error} after {second took}; {still there} bytes stayed in the kernel",
            why: """
                The deadline is looked at before the socket is. It is a moment that has passed and not a span that \
                begins anew with each read, so nothing is even asked of the kernel, and nothing is lost either.
                """,
            holds: .equal("second error", "timeout"), .equal("still there", 5)),
        Expectation(
            says: "A new deadline makes reading possible again.",
            here: "with a new deadline, read 3 gave {third count} bytes at once",
            why: "The data had waited in the kernel all the time.",
            holds: .equal("third count", 5), .equal("third error", "nil")),
        Expectation(
            says: "For a limit on each read, set the deadline before each read.",
            here: """
                of a server that ticks every {tick}, a client that set a deadline of {limit} once got \
                {one deadline:tick}, one that set it before each read {each read}
                """,
            why: "A deadline limits everything until then; renewed before each read, it limits the silence in between.",
            holds: .less("one deadline", than: "each read"), .equal("each read", 5)),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time -k
        ...
        2$ sockctl dial 3000 --deadline 200ms --first-read-delay 400ms
        sockctl: read tcp 127.0.0.1:40000->127.0.0.1:3000: i/o timeout (20 bytes left unread)
        2$ echo $?
        75
        2$ sockctl dial 3000 --read-timeout 200ms --first-read-delay 400ms
        2026-11-28 18:15:48
        """

    static let lesson = """
        A deadline is a point in time, a timeout a span. Set the deadline before each operation if it is the silence \
        that you want to limit, and once if it is the whole conversation.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let deadline = stage.span(.milliseconds(250), document: .seconds(3))
        stage.found("deadline", .span(deadline))
        let listener = try await stage.server.listen()
        try await stick(stage, listener, deadline)
        try await renew(stage, listener)
    }

    /// One deadline, three reads.
    @Netpoller
    private static func stick(_ stage: Stage, _ listener: LabListener, _ deadline: Duration) async throws(Interruption)
    {
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The client reads with a deadline, and nothing comes")
        client.setReadDeadline(in: deadline)
        let first = await client.read()
        stage.found("first error", .text(first.code))
        stage.found("first took", .span(first.sinceDeadline))
        stage.found("first count", .bytes(first.count))

        await stage.step("Now data comes, and the client reads again")
        await server.write("hello")
        await stage.kernel.holds(5, for: client)
        let second = await client.read()
        stage.found("second error", .text(second.code))
        stage.found("second took", .span(second.took))
        stage.found("still there", .bytes(stage.kernel.unread(client)))

        await stage.step("The client sets a new deadline and reads once more")
        client.setReadDeadline(in: .seconds(5))
        let third = await client.read()
        stage.found("third error", .text(third.code))
        stage.found("third count", .bytes(third.count))
    }

    /// A server that ticks, a client that sets its deadline once, and one that sets it before each read.
    @Netpoller
    private static func renew(_ stage: Stage, _ listener: LabListener) async throws(Interruption) {
        // Five ticks take longer than the limit; one tick does not, even if the machine is busy and it is late.
        let tick = stage.span(.milliseconds(200), document: .seconds(1))
        let limit = stage.span(.milliseconds(900), document: .seconds(3))
        stage.found("tick", .span(tick))
        stage.found("limit", .span(limit))
        await stage.step("A server sends five ticks; one client sets its deadline once for all")
        let once = try await ticks(stage, listener, tick, first: { $0.setReadDeadline(in: limit) })
        stage.found("one deadline", .number(once))
        await stage.step("The other client sets the same deadline before each read")
        let each = try await ticks(stage, listener, tick, before: { $0.setReadDeadline(in: limit) })
        stage.found("each read", .number(each))
    }

    /// How many of five ticks a client gets.
    @Netpoller
    private static func ticks(
        _ stage: Stage, _ listener: LabListener, _ tick: Duration,
        before: @Netpoller (LabConnection) -> Void = { _ in }, first: @Netpoller (LabConnection) -> Void = { _ in }
    ) async throws(Interruption) -> Int {
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        first(client)
        let ticking = stage.go {
            for number in 1...5 {
                // Until the client has enough.
                guard await Netpoller.sleep(for: tick) else { break }
                await server.write("tick \(number)\n")
            }
            server.close()
        }
        var count = 0
        while true {
            before(client)
            let reading = await client.read()
            guard reading.count > 0 else { break }
            count += 1
        }
        ticking.cancel()
        client.close()
        await ticking.value
        return count
    }
}
