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
            here: "a dial to 255.255.255.255, to which no TCP connection can lead, met {code} at {call} after {took}",
            why: """
                connect(2) looks up the route before it sends anything, and where there is none it says ENETUNREACH \
                (tcp_v4_connect). That is a look at a table, so it takes no time.
                """,
            holds: .equal("code", "ENETUNREACH"), .equal("call", "connect"), .less("took", than: "timeout")),
        Expectation(
            says: "Unreachable and refused are told equally soon.",
            here:
                "the refusal took a SYN and an RST ({refused}); this error took no packet; a silent host took {silent took} and would take {silent}",
            why: """
                Only what the own kernel knows comes at once. A host of this network that is switched off is \
                EHOSTUNREACH after about 3 s, when nobody has answered ARP; one behind a router that drops packets is \
                ETIMEDOUT when the SYNs are used up.
                """, document: .wrong,
            holds: .equal("refused", "ECONNREFUSED"), .equal("silent error", "timeout"),
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
        ENETUNREACH: your own route is missing. EHOSTUNREACH: nobody answered for that address. ECONNREFUSED: the host \
        answered. A timeout: nobody said anything.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let timeout = stage.span(.milliseconds(300), document: .seconds(2))
        stage.found("timeout", .span(timeout))
        let schedule = KernelSettings.now.synSchedule ?? SYNSchedule(retries: 6, linearTimeouts: 0)
        stage.found("silent", .span(schedule.timeout))

        await stage.step("A client dials an address to which no route leads")
        // What the machine is busy with may hold up a dial: the quickest of three counts.
        var found = try await outcome(stage.client, "255.255.255.255:80", timeout)
        for _ in 1...2 {
            let again = try await outcome(stage.client.quiet, "255.255.255.255:80", timeout)
            if again.took < found.took { found = again }
        }
        stage.found("code", .text(found.error?.code ?? "connected"))
        stage.found("call", .text(found.error?.call ?? ""))
        stage.found("took", .span(found.took))

        await stage.step("For comparison: a port without a listener, and an address that is silent")
        let port = try stage.server.quiet.socket()
        port.bind(.ip(.v4Loopback, port: 0))
        let refused = try await outcome(stage.client, "\(port.endpoint)", timeout)
        stage.found("refused", .text(refused.error?.code ?? "connected"))
        let place = try await stage.server.silence("127.0.0.2")
        let silent = try await outcome(stage.client, "\(place.endpoint)", timeout)
        stage.found("silent error", .text(silent.error?.code ?? "connected"))
        stage.found("silent took", .span(silent.took))
        stage.kernel.says(
            "without a limit: ETIMEDOUT after \(Quantity.duration(schedule.timeout))",
            source: "tcp_syn_retries")
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
