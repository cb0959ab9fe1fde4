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
    static let question = "A name has a silent address and a good one. How long is the silent one waited for?"

    static let expectations = [
        Expectation(
            says: "The time that is left is divided by the addresses that are left.",
            here: "of {limit} for two addresses the silent one used {first took}; then the good one: {outcome}",
            why: """
                Go's partialDeadline: what is left, divided by the addresses that are left; for the first of two that \
                is {share}. What an address does not use goes to those behind it.
                """,
            holds: .about("first took", "share"), .equal("tried", 2), .equal("outcome", "connected")),
        Expectation(
            says: "A silent address must not use up the time of the next.",
            here: """
                with {short limit} in all, {short tried} of 2 addresses got a turn; then the time was over: {short outcome}
                """,
            why: """
                A share below 2 s is raised to 2 s, or to all that is left if that is less: a SYN that is lost needs \
                over a second to be sent again. So with little time the first address takes everything, and a good one \
                behind it is never asked. Go does the same.
                """, document: .wrong,
            holds: .equal("short tried", 1), .equal("short outcome", "timeout")),
        Expectation(
            here: "computed by that rule: of 9 s three silent addresses get {nine}; of 3 s they get {three}",
            why: "Of 3 s the first gets 2 s, as that is the least, the second what is left, and the third nothing.",
            holds: .equal("nine", ["3000 ms", "3000 ms", "3000 ms"]), .equal("three", ["2000 ms", "1000 ms", "none"])),
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
        If all but the last of n addresses are silent, a limit of 2(n-1) seconds or less does not reach the last one. \
        So put the address first that is most likely to answer.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(4200), document: .seconds(9))
        let short = Duration.milliseconds(400)
        stage.found("limit", .span(limit))
        stage.found("short limit", .span(short))
        stage.found("share", .span(Dialer.share(of: limit, addressesLeft: 2)))
        stage.found("nine", .list(shares(of: .seconds(9), among: 3).map(text)))
        stage.found("three", .list(shares(of: .seconds(3), among: 3).map(text)))

        await stage.step("The name is 127.0.0.2, which is silent, and 127.0.0.1, which listens")
        let good = try await stage.server.listen(.tcp4)
        _ = try await stage.server.silence("127.0.0.2", port: good.port)

        await stage.step("A client dials it with \(Quantity.duration(limit)) in all")
        let (seen, outcome) = try await dial(stage, good.port, limit)
        stage.found("tried", .number(seen.count))
        stage.found("first took", .span(seen.firstTook))
        stage.found("outcome", .text(outcome))

        await stage.step("The same with \(Quantity.duration(short))")
        let (hurried, end) = try await dial(stage, good.port, short)
        stage.found("short tried", .number(hurried.count))
        stage.found("short outcome", .text(end))
    }

    /// Dials the name, and says what became of it.
    @Netpoller
    private static func dial(
        _ stage: Stage, _ port: UInt16, _ limit: Duration
    ) async throws(Interruption) -> (seen: Attempts, outcome: String) {
        let seen = Attempts()
        let addresses = ["127.0.0.2", "127.0.0.1"].compactMap { IPAddress($0) }
        let dialer = Dialer(
            timeout: limit, resolver: Resolver(overrides: ["web.example": addresses]),
            onEvent: { note($0, seen, on: stage.client) })
        seen.start = .now
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(.tcp, "web.example:\(port)", dialer)
        }
        return (seen, error?.code ?? "connected")
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
        case .resolved, .proxied: break
        }
    }

    @Netpoller
    private final class Attempts {
        var start = Deadline.now
        var count = 0
        var firstTook = Duration.zero
    }
}
