import SockKit

/// The time that a name takes.
enum ResolveInBudget: Experiment {
    static let title = "Looking up the name comes out of the same time as connecting"
    static let covers = [32]
    static let documents = [SourceDocument.processes, .internals]
    static let claim = """
        The time of a dial goes into reading its parameters, looking up the name (with a DNS server if need be), making \
        the socket, and connecting. When it is over the error is i/o timeout, whichever step was under way.
        """
    static let question = "What does a dial by name do first, and what if the time is over before the name is known?"

    static let expectations = [
        Expectation(
            says: "The name is resolved first, and then a socket is made.",
            here: "localhost became {addresses} in {lookup}; {before:socket} had been made by then, and {after} in all",
            why: """
                The address decides the socket's domain. getaddrinfo(3) looks into /etc/hosts before it asks a server \
                (nsswitch.conf(5)).
                """,
            holds: .equal("before", 0), .equal("after", 1)),
        Expectation(
            says: "Whatever the step, the error is i/o timeout.",
            here: "with no time left the lookup met: {late text}; no socket was made ({late sockets})",
            why: """
                One deadline is set when the dial begins, and every step looks at it. This error names no address, for \
                none is known yet: so it can be told from a connect that was too slow.
                """,
            holds: .equal("late", "timeout"), .equal("late text", "dial tcp: i/o timeout"),
            .equal("late sockets", 0)),
        Expectation(
            here: "while the name was looked up the loop did other work: {worked}",
            why: """
                getaddrinfo(3) blocks its thread and cannot be stopped, so it has a thread of its own. If the time is \
                over first, the dial returns and the thread's answer is dropped.
                """,
            holds: .isTrue("worked")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time
        ...
        2$ sockctl dial -4 -v localhost:3000
        resolved localhost to 127.0.0.1 in 591 µs
        connecting to 127.0.0.1:3000
        ...
        2026-11-28 17:08:47
        ...
        2$ sockctl dial --timeout 1us localhost:3000
        sockctl: dial tcp: i/o timeout
        ...
        2$ echo $?
        75
        """

    static let lesson = """
        A dial by name has two things that can be slow. Look at which error it was: one with an address is the \
        connection, one without is the name.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen(.tcp4)
        let seen = Seen()
        await stage.step("A client dials localhost")
        let dialer = Dialer(
            timeout: .seconds(20), control: { _, _, _ throws(Errno) in seen.sockets += 1 },
            onEvent: { event in
                guard case .resolved(let host, let addresses, let took) = event else { return }
                seen.before = seen.sockets
                seen.lookup = took
                seen.addresses = addresses.map { "\($0)" }
                stage.client.note("\(host) is \(seen.addresses.joined(separator: ", "))")
            })
        // A task that the lookup must not hold up.
        let work = stage.go { while seen.addresses.isEmpty, await Netpoller.sleep(until: .now) { seen.turns += 1 } }
        _ = try await stage.client.dial(.tcp4, "localhost:\(listener.port)", dialer)
        await work.value
        stage.found("addresses", .list(seen.addresses))
        stage.found("lookup", .span(seen.lookup))
        stage.found("before", .number(seen.before))
        stage.found("after", .number(seen.sockets))
        stage.found("worked", .flag(seen.turns > 0))

        await stage.step("The same with a limit that is over before the name is known")
        seen.sockets = 0
        var hurried = dialer
        hurried.timeout = .nanoseconds(1)
        let hasty = hurried
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(.tcp, "localhost:\(listener.port)", hasty)
        }
        stage.found("late", .text(error?.code ?? "connected"))
        stage.found("late text", .text(error.map { "\($0)" } ?? ""))
        stage.found("late sockets", .number(seen.sockets))
    }

    /// What the hooks saw.
    // Invariant: touched on the loop's thread only, by the experiment and by hooks that the dialer calls there.
    private final class Seen: @unchecked Sendable {
        var sockets = 0
        var before = -1
        var turns = 0
        var lookup = Duration.zero
        var addresses: [String] = []
    }
}
