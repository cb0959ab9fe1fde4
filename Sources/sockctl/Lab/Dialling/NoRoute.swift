import SockKit

/// A destination to which no connection can lead.
enum NoRoute: Experiment {
    static let title = "Unreachable is the own kernel's answer: no packet has left"
    static let covers = [29]
    static let documents = [SourceDocument.server]
    static let claim = """
        Where the network cannot be reached, Dial fails almost at once, like where nobody listens.
        """
    static let question = "What says \"network is unreachable\", how soon, and what is not found out so soon?"

    static let expectations = [
        Expectation(
            says: "The network cannot be reached: an error almost at once.",
            here: "a dial to 255.255.255.255, a broadcast address, met {code} at {call} after {took}",
            why: """
                connect(2) looks up the route before it sends anything (tcp_v4_connect). This one leads to a broadcast \
                address, where no TCP connection can go: ENETUNREACH. A destination without any route meets the same \
                error at the same lookup. That is a look at a table, so it takes no time.
                """,
            holds: .equal("code", "ENETUNREACH"), .equal("call", "connect"), .less("took", than: "timeout")),
        Expectation(
            says: "Unreachable and refused are told equally soon.",
            here: """
                unreachable after {took}, refused after {refused took} on this machine; a silent address met our limit \
                after {silent took}
                """,
            why: """
                A refusal takes a SYN and an RST, one round trip; this error takes no packet. Not every unreachable \
                host is told so soon: one of this network that is switched off is EHOSTUNREACH after about 3 s, when \
                nobody has answered ARP, and one whose packets are dropped is ETIMEDOUT after {silent}, by this \
                kernel's settings.
                """,
            holds: .equal("refused", "ECONNREFUSED"), .less("refused took", than: "timeout"),
            .equal("silent error", "timeout"),
            .about("silent took", "timeout"), .more("silent", than: "timeout")),
    ]

    static let commands = """
        1$ sockctl dial 255.255.255.255:3000
        sockctl: dial tcp 255.255.255.255:3000: connect: network is unreachable
        hint: no route leads there; look at: ip route get ADDRESS
        1$ echo $?
        69
        """

    static let lesson = """
        ENETUNREACH at once: your own kernel has no way there. EHOSTUNREACH: nobody answered for that address, or a \
        router said so. ECONNREFUSED: a refusal came back. A timeout: nobody said anything.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let timeout = stage.span(.milliseconds(300), document: .seconds(2))
        stage.found("timeout", .span(timeout))
        let schedule = KernelSettings.now.synSchedule ?? SYNSchedule(retries: 6, linearTimeouts: 0)
        stage.found("silent", .span(schedule.timeout))

        await stage.step("A client dials the broadcast address, where TCP may not go")
        let found = try await quickest(stage.client, "255.255.255.255:80", timeout)
        stage.found("code", .text(found.error?.code ?? "connected"))
        stage.found("call", .text(found.error?.call ?? ""))
        stage.found("took", .span(found.took))

        await stage.step("For comparison: a port without a listener, and an address that is silent")
        let port = try stage.server.quiet.socket()
        port.bind(.ip(.v4Loopback, port: 0))
        let refused = try await quickest(stage.client, "\(port.endpoint)", timeout)
        stage.found("refused", .text(refused.error?.code ?? "connected"))
        stage.found("refused took", .span(refused.took))
        let place = try await stage.server.silence("127.0.0.2")
        let silent = try await outcome(stage.client, "\(place.endpoint)", timeout)
        stage.found("silent error", .text(silent.error?.code ?? "connected"))
        stage.found("silent took", .span(silent.took))
        stage.kernel.inferred(
            "without a limit: ETIMEDOUT after \(Quantity.duration(schedule.timeout)), by tcp_syn_retries")
    }

    /// What the machine is busy with may hold up a dial: the quickest of three counts.
    @Netpoller
    private static func quickest(
        _ client: Party, _ address: String, _ timeout: Duration
    ) async throws(Interruption) -> (error: NetworkError?, took: Duration) {
        var found = try await outcome(client, address, timeout)
        for _ in 1...2 {
            let again = try await outcome(client.quiet, address, timeout)
            if again.took < found.took { found = again }
        }
        return found
    }

    @Netpoller
    private static func outcome(
        _ client: Party, _ address: String, _ timeout: Duration
    ) async throws(Interruption) -> (error: NetworkError?, took: Duration) {
        let start = Deadline.now
        let error = try await client.stage.failure { () async throws(Interruption) in
            try await client.dial(.tcp4, address, Dialer(timeout: timeout))
        }
        return (error, .now - start)
    }
}
