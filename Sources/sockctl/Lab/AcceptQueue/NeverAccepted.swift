import SockKit

/// Dials with a timeout at a server that never accepts.
enum NeverAccepted: Experiment {
    static let title = "A server that never accepts: a full queue's worth of dials, then timeouts"
    static let covers = [18]
    static let documents = [SourceDocument.basics]
    static let claim = """
        The server never accepts, and clients dial with DialTimeout of 1 second: as long as there are slots they \
        connect; then each fails with "dial tcp 127.0.0.1:3000: i/o timeout".
        """
    static let question =
        "Eight clients dial a queue for five. What do they get, and what remains of those that gave up?"

    static let expectations = [
        Expectation(
            says: "When no slot is left, the dial fails with: dial tcp ADDRESS: i/o timeout.",
            here: "{connected} connected; {timed out} met \"{text}\", the slowest after {slowest}",
            why: """
                The timeout is ours: the client's kernel would go on for minutes. So the error names no system call, \
                and no errno.
                """,
            holds: .equal("connected", to: "capacity"), .equal("timed out", to: "too many"),
            .equal("text", to: "expected text"), .about("slowest", "timeout")),
        Expectation(
            here:
                "accepted at last, the queue gave {accepted:connection}; none of those that had given up was among them",
            why: """
                A SYN that was dropped leaves nothing with the server. The client closed its socket when its time was \
                over, and so no further SYN was sent.
                """,
            holds: .equal("accepted", to: "capacity"), .equal("left", 0)),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 4 --dials 8 --never-accept --timeout 300ms
        ...
        connected           5
        timed out           3
        ...
        """

    static let lesson = """
        Give every dial a timeout of its own. Without one the answer comes from the kernel, and after two minutes or \
        more.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let dials = 8
        let timeout = stage.span(.milliseconds(300), document: .seconds(1))
        stage.found("timeout", .span(timeout))
        await stage.step("The server has a backlog of 4 and never accepts; \(dials) clients dial, each with a timeout")
        let listener = try await stage.server.listen(backlog: 4)
        let capacity = (stage.kernel.queue(listener)?.limit ?? 4) + 1
        stage.found("capacity", .number(capacity))
        stage.found("too many", .number(dials - capacity))
        var connected = 0
        for _ in 0..<capacity {
            _ = try await stage.client.quiet.dial(listener, Dialer(timeout: .seconds(5)))
            connected += 1
        }
        stage.client.note("\(connected) dials connected at once")
        await stage.kernel.queues(connected, on: listener)

        // The rest wait side by side.
        let dialling = (capacity..<dials).map { number in
            let client = stage.another(.client, "\(number + 1)")
            return stage.go { () async -> (NetworkError?, Duration) in
                let start = Deadline.now
                let error = try? await stage.failure { () async throws(Interruption) in
                    try await client.dial(listener, Dialer(timeout: timeout))
                }
                return (error ?? nil, .now - start)
            }
        }
        var (errors, slowest) = ([NetworkError](), Duration.zero)
        for going in dialling {
            let (error, took) = await going.value
            if let error { errors.append(error) } else { connected += 1 }
            slowest = max(slowest, took)
        }
        stage.found("connected", .number(connected))
        stage.found("timed out", .number(errors.filter { $0.cause == .timeout }.count))
        stage.found("text", .text(errors.first.map { "\($0)" } ?? ""))
        stage.found("expected text", .text("dial tcp \(listener.endpoint): i/o timeout"))
        stage.found("slowest", .span(slowest))

        await stage.step("The server accepts after all")
        let quiet = LabListener(listener.listener, of: stage.server.quiet)
        var accepted = 0
        while accepted < dials, (listener.listener.acceptQueue?.length ?? 0) > 0 {
            _ = try await quiet.accept()
            accepted += 1
        }
        stage.server.note("accepted \(accepted) connections, and no more wait")
        stage.found("accepted", .number(accepted))
        stage.found("left", .number(stage.kernel.queue(listener)?.length ?? -1))
    }
}
