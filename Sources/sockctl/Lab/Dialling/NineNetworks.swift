import SockKit

/// What each name of a network makes a socket of.
enum NineNetworks: Experiment {
    static let title = "The nine networks are three numbers each for socket(2)"
    static let covers = [25]
    static let documents = [SourceDocument.processes]
    static let claim = """
        Dial's first parameter is one of nine networks: tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram, unixpacket. \
        They stand for the communication domain, the type, and the protocol of socket(2).
        """
    static let question = "What does the kernel say that each of these sockets is?"

    static let expectations = [
        Expectation(
            says: "tcp and udp are of the Internet's domains, the three others of the Unix domain.",
            here: "over IPv4: {tcp4}, {udp4}; Unix: {unix}, {unixgram}, {unixpacket}",
            why: """
                socket(2) takes a domain, a type and a protocol; SO_DOMAIN, SO_TYPE and SO_PROTOCOL tell them again. A \
                stream of the Internet's domain is TCP, its datagrams are UDP. Unix sockets need no protocol.
                """,
            holds: .equal("tcp4", "AF_INET SOCK_STREAM IPPROTO_TCP"),
            .equal("udp4", "AF_INET SOCK_DGRAM IPPROTO_UDP"), .equal("unix", "AF_UNIX SOCK_STREAM"),
            .equal("unixgram", "AF_UNIX SOCK_DGRAM"), .equal("unixpacket", "AF_UNIX SOCK_SEQPACKET")),
        Expectation(
            says: "The names with 6 are IPv6.",
            here: "over IPv6: {tcp6}, {udp6}",
            why: """
                IPv6 is another domain with the same types and protocols. On a machine without IPv6 socket(2) refuses \
                the domain; where it is only switched off, bind(2) refuses the address.
                """,
            holds: .equal("tcp6", to: "tcp6 expected"), .equal("udp6", to: "udp6 expected")),
        Expectation(
            says: "tcp and udp take either version of IP.",
            here: "dialled at an IPv4 address, tcp became {tcp} and udp {udp}",
            why: "The address decides which domain the socket gets: it is made only once the address is known.",
            holds: .equal("tcp", to: "tcp4"), .equal("udp", to: "udp4")),
    ]

    static let commands = """
        1$ sockctl listen unix:/tmp/lab.sock --serve time
        ...
        2$ sockctl dial unix:/tmp/lab.sock --trace
        ...
        socket(AF_UNIX, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 8  13 µs
        ...
        """

    static let lesson = """
        A network's name is short for three numbers. With unixpacket there are connections and message boundaries at \
        once: SOCK_SEQPACKET, which has no counterpart in IP that is in everyday use.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let hasSix = try await stage.hasLoopbackSix()
        await stage.step("One end listens or receives, the other one dials: what is its socket?")
        for network in Network.nine {
            let isSix = network.family == .v6
            if isSix {
                let kind = network.isTCP ? "SOCK_STREAM IPPROTO_TCP" : "SOCK_DGRAM IPPROTO_UDP"
                stage.found("\(network) expected", .text(hasSix ? "AF_INET6 \(kind)" : "no IPv6 here"))
            }
            guard hasSix || !isSix else {
                stage.found(network.rawValue, "no IPv6 here")
                continue
            }
            stage.found(network.rawValue, .text(try await facts(stage, network)))
        }
    }

    /// What the kernel says of a socket that was dialled.
    @Netpoller
    private static func facts(_ stage: Stage, _ network: Network) async throws(Interruption) -> String {
        let server = stage.server.quiet
        let place =
            network.isUnix
            ? "@lab-\(Deadline.now.nanoseconds % 1_000_000)" : network.family == .v6 ? "[::1]:0" : "127.0.0.1:0"
        let address: String
        if network.kind == .datagram {
            address = "\(try await server.bind(network, place).endpoint)"
        } else {
            address = "\(try await server.listen(network, place).endpoint)"
        }
        let quiet = try await stage.client.quiet.dial(network, address)
        let pairs = quiet.connection.socketFacts?.pairs ?? []
        let words = ["domain", "type", "protocol"].compactMap { name in pairs.first { $0.name == name }?.value }
        stage.client.note("dial \(network) \(network.isUnix ? "@NAME" : Party.brief(address))")
        stage.kernel.says(words.joined(separator: " "), source: "getsockopt(2)")
        return words.joined(separator: " ")
    }
}
