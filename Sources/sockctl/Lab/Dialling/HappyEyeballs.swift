import SockKit

/// A name with two families of addresses, one of them silent.
enum HappyEyeballs: Experiment {
    static let title = "Of a name's two families the one that answers wins, after a head start"
    static let covers = [33]
    static let documents = [SourceDocument.processes, .internals]
    static let claim = """
        A name may have several addresses. They are tried one after the other or in parallel, and the first connection \
        that is made is the one that Dial returns.
        """
    static let question =
        "A name has an IPv6 address that answers nobody and an IPv4 address that works. How long does a dial take?"

    static let expectations = [
        Expectation(
            says: "The first connection that is made wins.",
            here: "the dial ended at {winner}, {took} after it began; the IPv6 attempt began first and was given up",
            why: """
                The family of the first address has a head start: 300 ms as in Go (RFC 8305 recommends 250). When that \
                is over the other one is tried beside it. Without that, the dial would have waited for the kernel to \
                give up on IPv6: {kernel limit}, by its settings. A listener whose accept queue is full stands in for a \
                silent host (accept-queue shows why it is silent).
                """,
            holds: .equal("winner", "127.0.0.1"), .about("took", "head start")),
        Expectation(
            here: "where the IPv6 address refused, the dial took {refused took}: the head start was not waited for",
            why: "An answer, even a bad one, is worth more than silence: the other family is tried at once.",
            holds: .equal("refused winner", "127.0.0.1"), .atMost("refused took", .found("half a start"))),
    ]

    static let commands = """
        1$ sockctl listen tcp4://127.0.0.1:3000 -k --serve time
        ...
        2$ sockctl dial --resolve web.example=::1,127.0.0.1 -v web.example 3000
        resolved web.example to ::1, 127.0.0.1 in 38 µs
        connecting to [::1]:3000
        attempt 1 failed: dial tcp [::1]:3000: connect: connection refused
        connecting to 127.0.0.1:3000, attempt 2
        ...
        """

    static let lesson = """
        A silent address costs the head start, a refusing one costs nothing. That is why a broken IPv6 path shows as \
        "everything is a little slow", and not as an error.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        stage.found("head start", .span(.milliseconds(300)))
        stage.found("half a start", .span(.milliseconds(250)))
        let schedule = KernelSettings.now.synSchedule ?? SYNSchedule(retries: 6, linearTimeouts: 0)
        stage.found("kernel limit", .span(schedule.timeout))
        let good = try await stage.server.listen(.tcp4)
        let silent: SilentPlace
        do throws(Interruption) { silent = try await stage.server.silence("[::1]", port: good.port) } catch {
            guard case .failure(let cause) = error,
                [.addressNotAvailable, .familyNotSupported, .addressInUse].contains(cause.errno)
            else { throw error }
            throw .notRun("IPv6 on loopback is needed, or its port \(good.port) is taken")
        }
        await stage.step("The name is ::1, which is silent, and 127.0.0.1, which listens")
        let (winner, took) = try await dial(stage, good.port)
        stage.kernel.inferred("the SYN to ::1 was dropped: the queue there is full")
        stage.found("winner", .text(winner))
        stage.found("took", .span(took))

        await stage.step("The same where ::1 refuses")
        silent.close()
        // What the machine is busy with may hold up a dial: the quickest of three counts.
        var best: (winner: String, took: Duration)?
        for _ in 1...3 {
            let (winner, took) = try await dial(stage, good.port)
            if best.map({ took < $0.took }) ?? true { best = (winner, took) }
            if took < .milliseconds(250) { break }
        }
        stage.found("refused winner", .text(best?.winner ?? ""))
        stage.found("refused took", .span(best?.took ?? .seconds(99)))
    }

    @Netpoller
    private static func dial(_ stage: Stage, _ port: UInt16) async throws(Interruption) -> (String, Duration) {
        let addresses = [IPAddress("::1"), IPAddress("127.0.0.1")].compactMap { $0 }
        let dialer = Dialer(
            resolver: Resolver(overrides: ["web.example": addresses]), onEvent: { note($0, on: stage.client) })
        let start = Deadline.now
        let connection = try await stage.client.dial(.tcp, "web.example:\(port)", dialer)
        let took = Deadline.now - start
        connection.close()
        return (connection.connection.remoteEndpoint.address.map { "\($0)" } ?? "", took)
    }

    @Netpoller
    private static func note(_ event: DialEvent, on client: Party) {
        switch event {
        case .connecting(let endpoint, let attempt): client.note("attempt \(attempt): connect \(endpoint)")
        case .attemptFailed(let error, let attempt): client.note("attempt \(attempt): \(Party.text(of: error))")
        case .connected(let connection, let attempt, _):
            client.note("attempt \(attempt) won: \(connection.remoteEndpoint)")
        case .resolved, .proxied: break
        }
    }
}
