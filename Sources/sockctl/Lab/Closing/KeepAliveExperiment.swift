import SockKit

/// The kernel's own sign of life.
enum KeepAliveExperiment: Experiment {
    static let title =
        "Keep-alive asks a silent peer whether it is there, and gives up if it is not"
    static let covers = [75]
    static let documents = [SourceDocument.processes, .internals]
    static let claim = """
        With KeepAlive set on a dialer, probes are sent on a connection that is silent, every so many seconds; a negative \
        value switches them off.
        """
    static let question = "Of two silent peers one is alive and one has vanished. What does the kernel do about each?"

    static let expectations = [
        Expectation(
            says: "Probes are sent while the connection is silent.",
            here: "in a silence of {took} the live peer sent {answers:segment}, and the connection is in {state}",
            why: """
                A probe is a segment without data that the peer's kernel has to acknowledge. Neither program sees \
                anything of it: nothing to read, nothing written.
                """,
            holds: .atLeast("answers", 1), .equal("state", "ESTAB"), .equal("unread", 0)),
        Expectation(
            here: "the read from the peer that had vanished met {error} after {took}",
            why: """
                Idle time and then one interval for each probe that may stay unanswered: {idle} and 1 × 1 s. The kernel \
                counts whole seconds; its own defaults are 7,200 s, 75 s and 9 probes (tcp(7)), Go's are 15 s, 15 s and \
                9. The vanished peer drops all that comes (IP_MINTTL).
                """,
            holds: .equal("error", "ETIMEDOUT"), .about("took", "least", upTo: .seconds(4))),
    ]

    static let commands = """
        1$ sockctl listen 3000 -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ sleep 2.5 | sockctl dial 3000 --keepalive off -v
        ...
        tcp: CLOSE, round trip 48 µs ± 50 µs, 0 retransmits, segments 4 sent, 2 received, mss 32768
        2$ sleep 2.5 | sockctl dial 3000 --keepalive 1,1,3 -v
        ...
        tcp: CLOSE, round trip 59 µs ± 71 µs, 0 retransmits, segments 6 sent, 4 received, mss 32768
        """

    static let lesson = """
        Keep-alive finds dead machines, slowly, and never dead programs: kernels answer it. It works only in silence; \
        while data waits for an acknowledgement, TCP_USER_TIMEOUT is what counts.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        var options = SocketOptions()
        options.keepAlive = KeepAlive(idle: .seconds(1), interval: .seconds(1), count: 1)
        options.timeToLive = 64
        stage.found("idle", .span(.seconds(1)))
        stage.found("least", .span(.seconds(2)))
        let listener = try await stage.server.listen()

        await stage.step("Two clients with keep-alive 1 s, 1 s, 1 probe say nothing; one of their peers vanishes")
        let live = try await stage.another(.client, "A").dial(listener, Dialer(options: options))
        let server = try await listener.accept()
        let start = Deadline.now
        let lonely = try await stage.another(.client, "B").dial(listener, Dialer(options: options))
        let ghost = try await listener.accept()
        try ghost.vanish()
        let before = live.connection.tcpInfo?.segmentsReceived ?? 0
        // Not a step: the kernel's probes do not wait for a reader.
        stage.client.note("A and B say nothing")
        let reading = await lonely.read()
        stage.found("took", .span(.now - start))
        stage.found("error", .text(reading.code))
        _ = await stage.until { (live.connection.tcpInfo?.segmentsReceived ?? 0) > before }
        let answers = (live.connection.tcpInfo?.segmentsReceived ?? 0) - before
        stage.kernel.says("A has received \(answers) segments meanwhile", source: "TCP_INFO")
        stage.found("answers", .number(answers))
        stage.found("state", .text(stage.kernel.state(live)))
        stage.found("unread", .bytes(stage.kernel.unread(live) + server.connection.bytesWaiting))
    }
}
