import SockKit

/// The ways to write an address, and what they mean.
enum AddressForms: Experiment {
    static let title = "An address is a text that means something else to a listener than to a client"
    static let covers = [9, 38]
    static let documents = [SourceDocument.basics, .server, .processes, .internals, .sockets]
    static let claim = """
        Addresses are written ":8888", "127.0.0.1:3000", "localhost:8888", "host:80". ResolveTCPAddr turns such a text \
        into a typed address for ListenTCP and DialTCP; a program that ignores its error crashes on nil.
        """
    static let question =
        "What do the forms stand for, what is a dial to 0.0.0.0, and what is refused before any packet?"

    static let expectations = [
        Expectation(
            says: "\":PORT\" and \"localhost:PORT\" reach a server on this machine.",
            here: "dials to \":PORT\", \"localhost:PORT\" and \"127.0.0.1:PORT\" reached {reached}",
            why: """
                To a client an empty host is localhost; to a listener it is every address. The one server here listens \
                on 127.0.0.1.
                """,
            holds: .equal("reached", ["127.0.0.1", "127.0.0.1", "127.0.0.1"])),
        Expectation(
            here: "connect(2) to 0.0.0.0 reached {zero}",
            why: """
                As a destination Linux takes "any address" for this very machine (ip_route_output). It works here, and \
                is no address to publish.
                """,
            holds: .equal("zero", "127.0.0.1")),
        Expectation(
            here: "port \"http\" is {service}; port \"no-such-service\" met: {bad text}",
            why: "Names of ports come from /etc/services; nothing is asked on the network.",
            holds: .equal("service", 80), .equal("bad service", "usage")),
        Expectation(
            here: "fe80::1 without an interface met {link local}",
            why: """
                Every interface has its own fe80::/10, so the address alone leads nowhere: connect(2) says EINVAL where \
                the scope is missing. Written right it is fe80::1%eth0.
                """,
            holds: .equal("link local", to: "link local expected")),
        Expectation(
            says: "A text that is no address is an error, which must be looked at before the address is used.",
            here: """
                as a typed address "127.0.0.1:80" is {typed}, "127.0.0.1:99999" is {too large}; "localhost:80" is \
                {untyped} here, for it is a name
                """,
            why: """
                A typed address has been read and checked already. Go returns nil and an error side by side, and nobody \
                is forced to look; Swift's optional has to be unwrapped before there is an address at all. Go's \
                ResolveTCPAddr looks names up as well; an Endpoint is made of numbers only.
                """,
            holds: .equal("typed", "127.0.0.1:80"), .equal("untyped", "nil"), .equal("too large", "nil")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ sockctl dial localhost:3000
        2026-11-28 17:08:43
        3$ sockctl dial 0.0.0.0:3000
        2026-11-28 17:08:43
        """

    static let lesson = """
        The same text means "every address" to who listens and "this machine" to who dials. Read addresses once, at \
        the edge, and use what came of it.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A server listens on 127.0.0.1; clients write its address in different ways")
        let listener = try await stage.server.listen(.tcp4)
        var reached: [String] = []
        for host in ["", "localhost", "127.0.0.1"] {
            reached.append(try await dial(stage, "\(host):\(listener.port)"))
        }
        stage.found("reached", .list(reached))
        stage.found("zero", .text(try await dial(stage, "0.0.0.0:\(listener.port)")))

        await stage.step("A port has a name; an address lacks its interface")
        let port = try? Resolver().port(of: "http", for: .tcp)
        stage.client.note("port \"http\" is \(port ?? 0)")
        stage.found("service", .number(Int(port ?? 0)))
        let service = try await failure(stage, "127.0.0.1:no-such-service")
        stage.found("bad service", .text(service?.code ?? "connected"))
        stage.found("bad text", .text(service.map { Party.text(of: $0) } ?? "connected"))
        let hasSix = (try? SocketCalls.socket(.inet6, .stream)) != nil
        stage.found("link local expected", .text(hasSix ? "EINVAL" : "EAFNOSUPPORT"))
        let local = try await failure(stage, "[fe80::1]:80")
        stage.found("link local", .text(local?.code ?? "connected"))

        await stage.step("Texts become typed addresses, or nothing")
        for (name, text) in [
            ("typed", "127.0.0.1:80"), ("untyped", "localhost:80"), ("too large", "127.0.0.1:99999"),
        ] {
            let endpoint = Endpoint(text).map { "\($0)" } ?? "nil"
            stage.client.note("Endpoint(\"\(text)\") is \(endpoint)")
            stage.found(name, .text(endpoint))
        }
    }

    /// Where the dial ended, as the kernel says.
    @Netpoller
    private static func dial(_ stage: Stage, _ address: String) async throws(Interruption) -> String {
        let client = try await stage.client.dial(.tcp4, address)
        let peer = try? client.connection.descriptor.withNumber { number throws(Errno) in
            try SocketCalls.remoteEndpoint(of: number)
        }
        client.connection.close()
        return peer?.address.map { "\($0)" } ?? "nobody"
    }

    @Netpoller
    private static func failure(_ stage: Stage, _ address: String) async throws(Interruption) -> NetworkError? {
        try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(.tcp, address, Dialer(timeout: .seconds(3)))
        }
    }
}
