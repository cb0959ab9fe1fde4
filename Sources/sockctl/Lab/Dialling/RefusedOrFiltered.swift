import SockKit

/// A refusal and a silence, side by side.
enum RefusedOrFiltered: Experiment {
    static let title = "A refusal is an answer and comes at once; a silence only ends with your patience"
    static let covers = [28, 30]
    static let documents = [SourceDocument.server]
    static let claim = """
        Where nobody listens, or the network cannot be reached, Dial fails almost at once: connection refused. Where \
        the network is slow, Dial blocks, and perhaps fails with a timeout.
        """
    static let question = "One port has no listener, another address is silent. What do dials to the two of them see?"

    static let expectations = [
        Expectation(
            says: "Nobody listens: connection refused, almost at once.",
            here: "{refused text}: after {refused took}; a port that is bound without listen(2) gave {bound}",
            why: """
                The host's kernel answers the SYN with RST: nobody is here. That takes one round trip (tcp(7), \
                ECONNREFUSED). Bound but not listening is the same.
                """,
            holds: .equal("refused", "ECONNREFUSED"), .equal("bound", "ECONNREFUSED"),
            .less("refused took", than: "timeout")),
        Expectation(
            says: "A slow network: Dial blocks, and then times out.",
            here: "{silent text}: after {silent took}, which is the time that the dial was given",
            why: """
                No answer means nothing: the SYN may be lost, late, or dropped by a firewall. The client's kernel waits \
                in SYN-SENT and sends again, and only a limit of ours ends it early.
                """,
            holds: .equal("silent", "timeout"), .about("silent took", "timeout")),
        Expectation(
            here: "in between, the refused socket was in {refused state} and the silent one in {silent state}",
            why: """
                To refuse is to end: the kernel is done with the socket. In SYN-SENT the kernel is still at work. This \
                is what scanners call "closed" and "filtered".
                """,
            holds: .equal("refused state", "CLOSE"), .equal("silent state", "SYN-SENT")),
    ]

    static let commands = """
        1$ sockctl dial 3000
        sockctl: dial tcp 127.0.0.1:3000: connect: connection refused
        hint: nothing listens on 127.0.0.1:3000; start one with: sockctl listen 3000
        1$ echo $?
        69
        1$ sockctl backlog-probe --backlog 0 --dials 2 --timeout 300ms
        ...
        connected           1
        timed out           1
        ...
        """

    static let lesson = """
        "Refused" is an answer: by the host, whose port is closed, or by a firewall that rejects instead of dropping. \
        "Timed out" proves nothing but that no answer came in time.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let timeout = stage.span(.milliseconds(400), document: .seconds(2))
        stage.found("timeout", .span(timeout))
        await stage.step("One port is bound and nobody listens; at another address the queue is full")
        let bound = try stage.server.socket()
        bound.bind(.ip(.v4Loopback, port: 0))
        let silent = try await stage.server.silence("127.0.0.2")

        await stage.step("A client dials the port without a listener")
        let place = bound.endpoint
        let held = try await outcome(stage.client, place, timeout)
        stage.found("bound", .text(held.error?.code ?? "connected"))
        bound.close()
        var refused = try await outcome(stage.client, place, timeout)
        // What the machine is busy with may hold up a dial: the quickest of three counts.
        for _ in 1...2 {
            let again = try await outcome(stage.client.quiet, place, timeout)
            if again.took < refused.took { refused = again }
        }
        stage.found("refused", .text(refused.error?.code ?? "connected"))
        stage.found("refused took", .span(refused.took))
        stage.found("refused text", .text(refused.error.map { "\($0)" } ?? ""))

        await stage.step("The client dials the silent address")
        let late = try await outcome(stage.client, silent.endpoint, timeout)
        stage.found("silent", .text(late.error?.code ?? "connected"))
        stage.found("silent took", .span(late.took))
        stage.found("silent text", .text(late.error.map { "\($0)" } ?? ""))

        await stage.step("What the kernel makes of both: connect(2), and then TCP_INFO")
        stage.found("refused state", .text(try await state(stage, "the refused socket", place, .closed)))
        stage.found("silent state", .text(try await state(stage, "the silent socket", silent.endpoint, .synSent)))
    }

    @Netpoller
    private static func outcome(
        _ client: Party, _ endpoint: Endpoint, _ timeout: Duration
    ) async throws(Interruption) -> (error: NetworkError?, took: Duration) {
        let start = Deadline.now
        let error = try await client.stage.failure { () async throws(Interruption) in
            try await client.dial(.tcp, "\(endpoint)", Dialer(timeout: timeout))
        }
        return (error, .now - start)
    }

    /// The state in which a socket is that has just begun to connect.
    @Netpoller
    private static func state(
        _ stage: Stage, _ name: String, _ endpoint: Endpoint, _ wanted: TCPInfo.State
    ) async throws(Interruption) -> String {
        let socket = try stage.client.socket()
        socket.connect(endpoint)
        func now() -> TCPInfo.State? {
            (try? TCPInfoCalls.information(of: socket.number)).flatMap { TCPInfo.State(rawValue: $0.state) }
        }
        _ = await stage.until { now() == wanted }
        let text = now().map { "\($0)" } ?? "gone"
        stage.kernel.says("\(name): \(text)", source: "TCP_INFO")
        return text
    }
}
