import SockKit

/// Many dials at a server that is slow to accept.
enum Burst: Experiment {
    static let title = "With Go's backlog a burst is queued whole; with a short one it stops"
    static let covers = [16]
    static let documents = [SourceDocument.basics]
    static let claim = """
        A server accepts one client every 5 seconds while 1024 clients dial. At first the dials succeed quickly, then \
        one every 5 seconds: the queue is full.
        """
    static let question = "Clients dial a server that does not accept. How many get through at once, for which backlog?"

    static let expectations = [
        Expectation(
            says: "After a quick beginning the dials are held up.",
            here: """
                of {dials} dials with the default backlog ({limit}) {long} succeeded, in {long took}; {rest}
                """,
            why: """
                Go, and this program, ask for as long a queue as net.core.somaxconn allows: 4096 on Linux since 5.4. \
                Of the document's 1024 clients {fit} fit here. Where all do, nobody waits and the demonstration shows \
                nothing. On macOS the limit is 128, as it was on Linux before.
                """, document: .elsewhere,
            holds: .equal("long", to: "long expected"), .equal("rest", to: "rest expected")),
        Expectation(
            says: "Once the queue is full, a dial waits.",
            here: "with a backlog of {short limit}, {short} dials succeeded, in {short took}; the next one met {next}",
            why: """
                The queue takes one more than its limit. The next SYN is dropped, and the client waits for an answer \
                that nobody sends.
                """,
            holds: .equal("short", to: "short expected"), .equal("next", "timeout")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 16 --dials 20 --timeout 300ms
        ...
        queue limit         16
        ...
        connected           17
        timed out           3
        ...
        """

    static let lesson = """
        A long queue hides a slow server until it is full, and then everybody has waited for long. Look at the queue's \
        length (ss -ltn, Recv-Q), and not at whether clients can connect.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let dials = stage.settings.isSlow ? 1024 : 200
        // Both ends of what is accepted would need a descriptor; here nothing is.
        try stage.require(ProcessCalls.descriptorLimit > dials + 80, else: "\(dials) connections need more descriptors")
        try stage.requirePorts(dials + 100)
        let most = KernelSettings.now.maximumBacklog ?? 4096
        stage.found("dials", .number(dials))

        await stage.step("A server with the default backlog accepts nobody; \(dials) clients dial one after the other")
        let long = try await stage.server.listen()
        let limit = stage.kernel.queue(long)?.limit ?? most
        stage.found("limit", .number(limit))
        stage.found("long expected", .number(min(dials, limit + 1)))
        let first = try await burst(stage, long, most: min(dials, limit + 1))
        stage.found("long", .number(first.count))
        stage.found("long took", .span(first.took))
        stage.found("fit", .number(min(1024, limit + 1)))
        let isFull = limit + 1 < dials
        stage.found("rest expected", .text(isFull ? "the next one met timeout" : "nobody was left to wait"))
        let met = try await isFull ? next(stage, long) : ""
        stage.found("rest", .text(isFull ? "the next one met \(met)" : "nobody was left to wait"))

        await stage.step("The same with a backlog of 16")
        let short = try await stage.server.listen(backlog: 16)
        let small = stage.kernel.queue(short)?.limit ?? 16
        stage.found("short limit", .number(small))
        stage.found("short expected", .number(small + 1))
        let second = try await burst(stage, short, most: small + 1)
        stage.found("short", .number(second.count))
        stage.found("short took", .span(second.took))
        stage.found("next", .text(try await next(stage, short)))
    }

    /// What one more dial meets.
    @Netpoller
    private static func next(_ stage: Stage, _ listener: LabListener) async throws(Interruption) -> String {
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(listener, Dialer(timeout: .milliseconds(300)))
        }
        return error?.code ?? "connected"
    }

    /// Dials until one fails, at most so often.
    @Netpoller
    private static func burst(
        _ stage: Stage, _ listener: LabListener, most: Int
    ) async throws(Interruption) -> (count: Int, took: Duration) {
        let start = Deadline.now
        var count = 0
        while count < most {
            let error = try await stage.failure { () async throws(Interruption) in
                try await stage.client.quiet.dial(listener, Dialer(timeout: .seconds(5)))
            }
            guard error == nil else { break }
            count += 1
        }
        let took = Deadline.now - start
        stage.client.note("\(count) dials succeeded in \(Quantity.duration(took))")
        await stage.kernel.queues(count, on: listener)
        return (count, took)
    }
}
