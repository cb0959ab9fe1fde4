import SockKit

/// One socket for IPv4 and IPv6.
enum BothFamilies: Experiment {
    static let title = "A listener on every address is one IPv6 socket that takes IPv4 clients too"
    static let covers = [8]
    static let documents = [SourceDocument.server]
    static let claim = """
        A server that listens on ":8888" appears in netstat as tcp46, *.8888: it takes clients of both families.
        """
    static let question = "What is that socket, how does an IPv4 client look to it, and what does IPV6_V6ONLY change?"

    static let expectations = [
        Expectation(
            says: "One listener takes IPv4 and IPv6.",
            here: "listen :0 made one {domain} socket at {bound}; IPv6: {six}, IPv4: {four}",
            why: """
                With IPV6_V6ONLY off an IPv6 socket takes IPv4 as well (ipv6(7)). ss(8) shows it as *:PORT, where macOS \
                says tcp46.
                """,
            holds: .equal("domain", "AF_INET6"), .equal("six", "connected"), .equal("four", "connected")),
        Expectation(
            here: "the kernel gave the IPv4 client's address as {raw}; it is shown as {shown}",
            why: """
                In an IPv6 socket an IPv4 address is written in IPv6's clothes (RFC 4291, 2.5.5.2). Go and this program \
                take them off, so that a log or a list of allowed addresses has one form for one host.
                """,
            holds: .equal("raw", "::ffff:127.0.0.1"), .equal("shown", "127.0.0.1")),
        Expectation(
            here: "a listener on [::1] alone, with IPV6_V6ONLY, and an IPv4 client at the same port: {only six}",
            why: "For IPv4 nobody listens at that port, so the kernel refuses, as at every port without a listener.",
            holds: .equal("only six", "ECONNREFUSED")),
    ]

    static let commands = """
        1$ sockctl listen :3000 -k -v --serve time
        listening on [::]:3000 (every interface, IPv4 and IPv6, backlog 4096)
        accepted 127.0.0.1:32774, connection 1
        ...
        accepted [::1]:34518, connection 2
        ...
        2$ sockctl dial -4 127.0.0.1:3000
        2026-11-28 17:08:43
        3$ sockctl dial -6 '[::1]:3000'
        2026-11-28 17:08:43
        """

    static let lesson = """
        ":PORT" is one IPv6 socket for both families on Linux. Where IPv4 addresses come out as ::ffff:a.b.c.d, they \
        are the same hosts as a.b.c.d.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let hasSix = try await stage.hasLoopbackSix()
        try stage.require(hasSix, else: "this machine has no IPv6 on loopback")

        await stage.step("A server listens on every address; a client of each family dials")
        let listener = try await stage.server.listen(.tcp, ":0")
        let domain = listener.listener.socketFacts?.pairs.first { $0.name == "domain" }?.value ?? ""
        stage.kernel.says("the listener is \(domain)", source: "SO_DOMAIN")
        stage.found("domain", .text(domain))
        stage.found("bound", .text("\(listener.endpoint)"))
        let six = try await outcome(stage, .tcp6, "[::1]:\(listener.port)")
        if six == nil { _ = try await listener.accept() }
        stage.found("six", .text(six?.code ?? "connected"))
        let four = try await outcome(stage, .tcp4, "127.0.0.1:\(listener.port)")
        stage.found("four", .text(four?.code ?? "connected"))
        let server = try await listener.accept()
        let raw = rawRemote(of: server)
        stage.kernel.says("the peer is \(raw)", source: "/proc/net/tcp6")
        stage.found("raw", .text(raw))
        stage.found("shown", .text(server.connection.remoteEndpoint.address.map { "\($0)" } ?? ""))

        await stage.step("A server listens on [::1] alone; an IPv4 client dials its port")
        let only = try await stage.server.listen(.tcp6, "[::1]:0")
        let refused = try await outcome(stage, .tcp4, "127.0.0.1:\(only.port)")
        stage.found("only six", .text(refused?.code ?? "connected"))
    }

    @Netpoller
    private static func outcome(
        _ stage: Stage, _ network: Network, _ address: String
    ) async throws(Interruption) -> NetworkError? {
        try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(network, address, Dialer(timeout: .seconds(5)))
        }
    }

    /// The peer's address as the kernel's list of IPv6 sockets has it: hexadecimal words in the machine's order.
    @Netpoller
    private static func rawRemote(of end: LabConnection) -> String {
        let port = digits(of: end.connection.remoteEndpoint.port ?? 0)
        let near = digits(of: end.connection.localEndpoint.port ?? 0)
        let table = (try? FileCalls.contents(of: "/proc/net/tcp6")) ?? ""
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 2, words[1].hasSuffix(":" + near), words[2].hasSuffix(":" + port) else { continue }
            let word = words[2].prefix(32)
            guard word.hasPrefix("0000000000000000FFFF0000"), let bits = UInt32(word.suffix(8), radix: 16) else {
                return String(word)
            }
            return "::ffff:\(IPAddress(v4Bits: UInt32(bigEndian: bits)))"
        }
        return "not listed"
    }

    /// A port as that list has it: four hexadecimal digits.
    static func digits(of port: UInt16) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
