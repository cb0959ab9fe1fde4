import SockKit

/// What a dialer can be told besides the address.
enum CancelDial: Experiment {
    static let title = "A dial can be given up from outside, and says that it was"
    static let covers = [35]
    static let documents = [SourceDocument.processes, .internals]
    static let claim = """
        A Dialer has fields for the timeout, the local address, the fallback to the other family, keep-alive, and a \
        control function; DialContext ends when its context is cancelled.
        """
    static let question = "A dial waits at a silent address, with 30 seconds to go. What if nobody wants it any more?"

    static let expectations = [
        Expectation(
            says: "Cancelling the context ends the dial.",
            here: "cancelled after {pause}, the dial ended after {took} with: {text}",
            why: """
                The task that waits is woken and closes its socket. The error is of its own kind, so that nobody logs a \
                network problem that was none.
                """,
            holds: .equal("code", "cancelled"), .about("took", "pause"),
            .equal("text", "operation was canceled")),
        Expectation(
            says: "Control is called with the raw socket before it is bound and connected.",
            here: "the control hook ran {controls:time}, and found the socket in {state}",
            why: """
                It comes after socket(2) and before bind(2) and connect(2), for options that have to be set by then.
                """,
            holds: .equal("controls", 1), .equal("state", "CLOSE")),
        Expectation(
            says: "KeepAlive is a field of the dialer.",
            here: "a connection dialled with keep-alive after 45 s has: keepalive {alive}, idle {idle} s",
            why: "The kernel's own default is off; Go's and ours is on, after 15 s (SO_KEEPALIVE, TCP_KEEPIDLE).",
            holds: .equal("alive", "on"), .equal("idle", "45")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time
        ...
        2$ sockctl dial -v --timeout 1s --keepalive 45s --source 127.0.0.1 127.0.0.1:3000
        connecting to 127.0.0.1:3000
        ...
        2026-11-28 17:08:47
        ...
        """

    static let lesson = """
        A timeout says how long you are willing to wait; cancelling says that you are not willing any more. Both end the \
        same wait, and differ in the error.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let pause = stage.span(.milliseconds(150), document: .seconds(2))
        stage.found("pause", .span(pause))
        await stage.step("A client dials a silent address with a limit of 30 s")
        let silent = try await stage.server.silence("127.0.0.2")
        let seen = Seen<String>()
        let dialer = Dialer(
            timeout: .seconds(30),
            control: { socket, _, _ throws(Errno) in
                let state = TCPInfo.State(rawValue: try TCPInfoCalls.information(of: socket.number).state)
                seen.add(state.map { "\($0)" } ?? "unknown")
            })
        let start = Deadline.now
        let dialling = stage.go { () async -> NetworkError? in
            let error = try? await stage.failure { () async throws(Interruption) in
                try await stage.client.dial(.tcp4, "\(silent.endpoint)", dialer)
            }
            return error ?? nil
        }
        await stage.pause(pause)
        stage.client.note("the control hook has run: \(seen.all.count)")
        stage.kernel.says("in the hook: \(seen.first ?? "unknown")", source: "TCP_INFO")
        stage.client.note("cancel the dial")
        dialling.cancel()
        let error = await dialling.value
        stage.found("took", .span(.now - start))
        stage.found("code", .text(error?.code ?? "connected"))
        stage.found("text", .text(error.map { Party.text(of: $0) } ?? ""))
        stage.found("controls", .number(seen.all.count))
        stage.found("state", .text(seen.first ?? "unknown"))

        await stage.step("A client dials with keep-alive after 45 s")
        let listener = try await stage.server.listen()
        var options = SocketOptions()
        options.keepAlive = KeepAlive(idle: .seconds(45), interval: .seconds(15), count: 9)
        let client = try await stage.client.dial(listener, Dialer(options: options))
        let facts = client.connection.socketFacts?.pairs ?? []
        for (name, fact) in [("alive", "keepalive"), ("idle", "keepalive idle")] {
            let value = facts.first { $0.name == fact }?.value ?? "unknown"
            stage.kernel.says("\(fact): \(value)", source: name == "alive" ? "SO_KEEPALIVE" : "TCP_KEEPIDLE")
            stage.found(name, .text(value))
        }
    }
}
