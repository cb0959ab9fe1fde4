import SockKit

/// How many dials succeed although nobody accepts, and what decides it.
enum AcceptQueue: Experiment {
    static let title = "A dial succeeds without an accept, until the queue is full"
    static let covers = [15, 20, 21]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        Connections that nobody has accepted wait in a queue of the listener. Its length is a setting of the system: 128 \
        on macOS (kern.ipc.somaxconn), and on Ubuntu it depends on net.ipv4.tcp_max_syn_backlog. When it is full, a \
        client's Dial blocks.
        """
    static let question =
        "A server listens with a backlog of 2 and accepts nobody. How many dials succeed, and what do the others meet?"

    static let expectations = [
        Expectation(
            here:
                "{connected} dials succeeded with a backlog of 2; the kernel says {queued} wait and the limit is {limit}",
            why: """
                The kernel completes the handshake by itself. It looks whether the queue is longer than its limit, not \
                as long: one more than the limit gets in.
                """,
            holds: .equal("connected", to: "capacity"), .equal("queued", to: "capacity"),
            .equal("limit", to: "least")),
        Expectation(
            says: "When the queue is full, Dial blocks.",
            here:
                "the next dial met {outcome} after {waited}; the kernel counted {overflows:SYN} dropped at a full queue",
            why: """
                A SYN that meets a full queue is dropped without an answer. To the client that looks like a host that \
                is not there. Its kernel would send the SYN again after a second, which this dial does not wait for: \
                slot-frees shows it.
                """,
            holds: .equal("outcome", "timeout"), .about("waited", "timeout"), .atLeast("overflows", 1)),
        Expectation(
            says: "On Linux the length depends on tcp_max_syn_backlog.",
            here:
                "a backlog of 1,000,000 became {long limit}; somaxconn is {somaxconn}, tcp_max_syn_backlog {half-open limit}",
            why: """
                The limit is the smaller of what listen(2) was given and net.core.somaxconn. tcp_max_syn_backlog is \
                about handshakes that are not complete yet, and Go asks for somaxconn itself.
                """, document: .wrongOnLinux,
            holds: .equal("long limit", to: "somaxconn")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 2 --timeout 400ms
        listening on 127.0.0.1:34771 with a backlog of 2 (net.core.somaxconn allows 4096): room for 3; nobody accepts
        dials 1 to 3: connected at once, in 15 µs to 73 µs each
        dial 4 has to wait; the kernel says: 3 wait in the queue, its limit is 2: full; from here on the dials wait side by side
        ...
        """

    static let lesson = """
        Connected does not mean accepted: the queue is min(backlog, somaxconn) + 1 long, and a full one answers nobody. \
        A server that accepts too slowly looks, from outside, like a network that loses packets.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let settings = KernelSettings.now
        let most = settings.maximumBacklog ?? 4096
        let timeout = stage.span(.milliseconds(400), document: .seconds(1))
        stage.found("somaxconn", .number(most))
        stage.found("half-open limit", .number(settings.maximumHalfOpen ?? 0))
        stage.found("least", .number(min(2, most)))
        stage.found("capacity", .number(min(2, most) + 1))
        stage.found("timeout", .span(timeout))

        await stage.step("A server listens and accepts nobody; clients dial one after the other")
        let listener = try await stage.server.listen(backlog: 2)
        let before = ListenCounters.now
        var connected = 0
        for _ in 0..<min(2, most) + 1 {
            _ = try await stage.client.dial(listener)
            connected += 1
            await stage.kernel.queues(connected, on: listener)
        }
        let queue = listener.listener.acceptQueue
        stage.found("queued", .number(queue?.length ?? -1))
        stage.found("limit", .number(queue?.limit ?? -1))

        await stage.step("One more dials")
        let start = Deadline.now
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(listener, Dialer(timeout: timeout))
        }
        stage.found("waited", .span(.now - start))
        if error == nil { connected += 1 }
        stage.found("connected", .number(connected))
        stage.found("outcome", .text(error?.code ?? "connected"))
        let overflows = (ListenCounters.now?.overflows ?? 0) - (before?.overflows ?? 0)
        stage.kernel.says("ListenOverflows grew by \(overflows)", source: "/proc/net/netstat")
        stage.found("overflows", .number(overflows))

        await stage.step("Another server asks for a queue of 1,000,000")
        let long = try await stage.server.listen(backlog: 1_000_000)
        stage.found("long limit", .number(stage.kernel.queue(long)?.limit ?? -1))
    }
}
