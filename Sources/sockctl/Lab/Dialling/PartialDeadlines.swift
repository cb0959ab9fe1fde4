import SockKit

/// How the time of a dial is shared among several addresses.
enum PartialDeadlines: Experiment {
    static let title = "Each address gets its share of the time that is left, but no less than 2 seconds"
    static let covers = [34]
    static let documents = [SourceDocument.processes]
    static let claim = """
        If a name has several addresses, the time that is left is divided among the attempts: an address that is silent \
        must not use up the time of the next.
        """
    static let question = "A name has two silent addresses and a good one. How long is each waited for?"

    static let expectations = [
        Expectation(
            says: "The time that is left is divided by the addresses that are left.",
            here:
                "of 9 s for three addresses the shares would be {nine}; the first was given up after {first took} of {limit}",
            why: """
                Go's partialDeadline: what is left, divided by the addresses left, and what one does not use goes to \
                the others. Here {limit} were given, of which the first got {share}.
                """,
            holds: .equal("nine", ["3000 ms", "3000 ms", "3000 ms"]), .about("first took", "share")),
        Expectation(
            says: "Every address gets its turn.",
            here: "with {limit} in all, {tried} of 3 addresses got a turn; the dial met {outcome}",
            why: """
                A share below 2 s is raised to 2 s, or to all that is left if that is less: a SYN that is lost needs \
                over a second to be sent again. So with little time the first address takes everything, and a good one \
                behind it is never asked.
                """, document: .wrong,
            holds: .equal("tried", to: "tried expected"), .equal("outcome", to: "outcome expected")),
        Expectation(
            here: "of 3 s for three addresses the shares would be {three}: nothing is left for the third",
            why: "2 s for the first, as that is the least, and what is left for the second.",
            holds: .equal("three", ["2000 ms", "1000 ms", "none"])),
    ]

    static let commands = """
        1$ sockctl listen tcp4://127.0.0.1:3000 --serve time
        ...
        2$ sockctl dial -v --resolve web.example=127.0.0.2,127.0.0.1 --timeout 9s web.example 3000
        ...
        attempt 1 failed: dial tcp 127.0.0.2:3000: connect: connection refused
        connecting to 127.0.0.1:3000, attempt 2
        ...
        """

    static let lesson = """
        With n addresses a limit below 2n seconds does not reach the last of them. Order matters then: put the address \
        first that is most likely to answer.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(400), document: .seconds(9))
        let own = shares(of: limit, among: 3)
        stage.found("limit", .span(limit))
        stage.found("share", .span(own[0] ?? .zero))
        stage.found("nine", .list(shares(of: .seconds(9), among: 3).map(text)))
        stage.found("three", .list(shares(of: .seconds(3), among: 3).map(text)))

        await stage.step("The name is 127.0.0.2 and 127.0.0.3, which are silent, and 127.0.0.1, which listens")
        let good = try await stage.server.listen(.tcp4)
        for host in ["127.0.0.2", "127.0.0.3"] {
            _ = try await stage.server.silence(host, port: good.port)
        }
        await stage.step("A client dials it with \(Quantity.duration(limit)) in all")
        let seen = Attempts()
        let addresses = ["127.0.0.2", "127.0.0.3", "127.0.0.1"].compactMap { IPAddress($0) }
        let dialer = Dialer(
            timeout: limit, resolver: Resolver(overrides: ["web.example": addresses]),
            onEvent: { note($0, seen, on: stage.client) })
        seen.start = .now
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(.tcp, "web.example:\(good.port)", dialer)
        }
        stage.found("tried", .number(seen.count))
        stage.found("tried expected", .number(own.filter { $0 != nil }.count))
        stage.found("first took", .span(seen.firstTook))
        stage.found("outcome", .text(error?.code ?? "connected"))
        stage.found("outcome expected", .text(own[2] == nil ? "timeout" : "connected"))
    }

    /// What each of so many addresses would get if all were silent; nil where nothing is left.
    private static func shares(of limit: Duration, among count: Int) -> [Duration?] {
        var left = limit
        return (0..<count).map { index in
            guard left > .zero else { return nil }
            let share = Dialer.share(of: left, addressesLeft: count - index)
            left -= share
            return share
        }
    }

    private static func text(_ share: Duration?) -> String {
        share.map { "\(Int(($0.seconds * 1000).rounded())) ms" } ?? "none"
    }

    @Netpoller
    private static func note(_ event: DialEvent, _ seen: Attempts, on client: Party) {
        switch event {
        case .connecting(let endpoint, let attempt):
            seen.count = attempt
            client.note("attempt \(attempt): connect \(endpoint)")
        case .attemptFailed(let error, let attempt):
            if attempt == 1 { seen.firstTook = .now - seen.start }
            client.note("attempt \(attempt): \(Party.text(of: error))")
        case .connected(_, let attempt, _): client.note("attempt \(attempt) won")
        case .resolved: break
        }
    }

    @Netpoller
    private final class Attempts {
        var start = Deadline.now
        var count = 0
        var firstTook = Duration.zero
    }
}
