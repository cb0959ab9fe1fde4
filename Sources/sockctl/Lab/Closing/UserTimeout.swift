import SockKit

/// How long sent data may stay without an acknowledgement.
enum UserTimeout: Experiment {
    static let title = "TCP_USER_TIMEOUT ends a connection whose data nobody takes, dead or merely busy"
    static let covers = [76]
    static let claim = """
        The documents do not speak of it. Without it a kernel that gets no acknowledgement goes on sending for about \
        fifteen minutes.
        """
    static let question =
        "One peer has vanished, the other is well but does not read. What does TCP_USER_TIMEOUT do to each?"

    static let expectations = [
        Expectation(
            here: "of the vanished peer the read met {dead} after {dead took}; the next write {dead write}",
            why: """
                The written bytes were sent again and again, {retransmits:time} in the end. After {limit} without an \
                acknowledgement the kernel gives up (tcp(7)); without the option net.ipv4.tcp_retries2 decides.
                """,
            holds: .equal("dead", "ETIMEDOUT"), .about("dead took", "limit"), .equal("dead write", "EPIPE")),
        Expectation(
            here: "of the healthy peer, which had {unread:byte} unread, the blocked write met {busy} after {busy took}",
            why: """
                Its window was closed, and bytes that cannot be sent are not acknowledged either. The kernel counts that \
                time as well (tcp_probe_timer): it cannot know how long a program wants to be busy.
                """,
            holds: .equal("busy", "ETIMEDOUT"), .about("busy took", "limit", upTo: .seconds(4)),
            .atLeast("unread", 1)),
    ]

    static let commands = """
        1$ sockctl listen 3000 --no-read -I 4096 -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ head -c 9000000 /dev/zero | sockctl dial 3000 --user-timeout 500ms
        sockctl: read tcp 127.0.0.1:56768->127.0.0.1:3000: read: connection timed out
        ...
        2$ echo $?
        75
        """

    static let lesson = """
        TCP_USER_TIMEOUT limits how long data may stay without an acknowledgement. It is quicker than keep-alive, and it \
        also ends connections to peers that are only slow: choose it longer than the longest pause of a reader.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(500), document: .seconds(2))
        stage.found("limit", .span(limit))
        var options = SocketOptions()
        (options.sendBuffer, options.receiveBuffer, options.userTimeout) = (65536, 65536, limit)
        options.timeToLive = 64
        // By default it is on, and would find the vanished peer first where somebody reads before a step.
        options.keepAlive = .off
        let listener = try await stage.server.listen(options: options)

        await stage.step("One server vanishes, the other does not read")
        let lonely = try await stage.another(.client, "A").dial(listener, Dialer(options: options))
        let ghost = try await listener.accept()
        try ghost.vanish()
        let blocked = try await stage.another(.client, "B").dial(listener, Dialer(options: options))
        let idler = try await listener.accept()

        await stage.step("Both clients write")
        let start = Deadline.now
        // Where each answer to a probe of the window begins the count anew, the write would wait for ever.
        blocked.connection.writeDeadline = Deadline.now + (limit + .seconds(5))
        let flood = blocked.flood(idler, chunk: 65536)
        let busy = stage.go { () async -> (String, Duration) in (await flood.outcome.code, .now - start) }
        await lonely.write("hello")
        let dead = await lonely.read()
        stage.found("dead", .text(dead.code))
        stage.found("dead took", .span(.now - start))
        let retransmits = lonely.connection.tcpInfo?.retransmits ?? 0
        stage.kernel.says("A has sent again \(retransmits) times", source: "TCP_INFO")
        stage.found("retransmits", .number(retransmits))
        stage.found("dead write", .text(await lonely.write("more").code))
        let end = await busy.value
        stage.found("busy", .text(end.0))
        stage.found("busy took", .span(end.1))
        stage.found("unread", .bytes(stage.kernel.unread(idler)))
    }
}
