import SockKit

/// Two algorithms that wait for each other.
enum Nagle: Experiment {
    static let title = "Write, write, read: Nagle and the delayed acknowledgement wait for each other"
    static let covers = [67]
    static let claim = """
        The documents do not speak of it: Go sets TCP_NODELAY on every connection, so that nobody meets it.
        """
    static let question =
        "A request is sent in two small writes. How long does the answer take, with and without TCP_NODELAY?"

    static let expectations = [
        Expectation(
            here: "with Nagle's algorithm the answer took {nagle}, in the middle of {rounds} rounds",
            why: """
                The second small write is held back until the first is acknowledged. The receiver has nothing to \
                answer yet, and delays the acknowledgement by 40 ms or more in the hope of sending it along.
                """,
            holds: .atLeast("nagle", .literal(.span(.milliseconds(20))))),
        Expectation(
            here: "with TCP_NODELAY it took {no delay}",
            why: "Each write is sent at once (tcp(7)). Nobody waits, and there are two packets instead of one.",
            holds: .less("no delay", than: "nagle")),
        Expectation(
            here: "with both parts in one write it took {one write}, although Nagle's algorithm was on",
            why: "What is sent at once when nothing is on its way need not wait for an acknowledgement.",
            holds: .less("one write", than: "nagle")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve echo
        listening on 127.0.0.1:3000 (this machine only)
        2$ sockctl dial 3000 --no-nodelay --send ping --count 3
        ...
        round trip  count 3, min 38 µs, median 57 µs, p99 370 µs, max 370 µs
        """

    static let lesson = """
        Put a request into one write, or set TCP_NODELAY. Delays of about 40 ms on a fast network are nearly always these \
        two algorithms that wait for each other.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let rounds = 9
        stage.found("rounds", .number(rounds))
        await stage.step("Requests in two writes, without TCP_NODELAY")
        stage.found("nagle", .span(try await median(stage, rounds, noDelay: false, writes: ["req", "uest"])))
        await stage.step("Requests in two writes, with TCP_NODELAY")
        stage.found("no delay", .span(try await median(stage, rounds, noDelay: true, writes: ["req", "uest"])))
        await stage.step("Requests in one write, without TCP_NODELAY")
        stage.found("one write", .span(try await median(stage, rounds, noDelay: false, writes: ["request"])))
    }

    /// How long the answer takes, in the middle of so many rounds.
    @Netpoller
    private static func median(
        _ stage: Stage, _ rounds: Int, noDelay: Bool, writes: [String]
    ) async throws(Interruption) -> Duration {
        var options = SocketOptions()
        options.noDelay = noDelay
        let listener = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let server = LabConnection(try await listener.accept().connection, of: stage.server.quiet)
        let serving = stage.go {
            var got = 0
            while true {
                let count = await server.read().count
                guard count > 0 else { return }
                got += count
                if got % 7 == 0 { await server.write("answer") }
            }
        }
        let quiet = LabConnection(client.connection, of: stage.client.quiet)
        let place = stage.begin(
            .client, "\(rounds) × \(writes.map { "write(\"\($0)\")" }.joined(separator: ", ")), read")
        var spans: [Duration] = []
        for _ in 1...rounds {
            let start = Deadline.now
            for text in writes { await quiet.write(text) }
            await quiet.read()
            spans.append(.now - start)
        }
        let middle = spans.sorted()[rounds / 2]
        stage.finish(place, "half of them within \(Quantity.duration(middle))")
        client.close()
        await serving.value
        return middle
    }
}
