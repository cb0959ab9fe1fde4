import SockKit

/// The three numbers of socket(2).
enum SocketNumbers: Experiment {
    static let title = "Two numbers make a socket, and the kernel chooses the third"
    static let covers = [92]
    static let documents = [SourceDocument.processes, .internals, .sockets]
    static let claim = """
        socket(2) takes a domain (AF_INET, AF_INET6, AF_UNIX), one of four types (SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, \
        SOCK_RAW) and a protocol. The last is mostly 0: then the kernel chooses the one that fits, such as UDP for AF_INET \
        with SOCK_DGRAM.
        """
    static let question = "Which protocol does the kernel choose for 0, and which combinations does it refuse?"

    static let expectations = [
        Expectation(
            says: "With protocol 0 the kernel chooses the fitting one.",
            here:
                "AF_INET with SOCK_STREAM became protocol {stream}, with SOCK_DGRAM {datagram}; AF_UNIX with SOCK_STREAM {unix}",
            why:
                "6 is TCP and 17 UDP, as in /etc/protocols. A Unix socket has no protocol beside itself, so its number stays 0.",
            holds: .equal("stream", "6"), .equal("datagram", "17"), .equal("unix", "0")),
        Expectation(
            here: "AF_INET with SOCK_SEQPACKET gave {packets}, AF_INET with SOCK_RAW and protocol 0 {raw}",
            why: """
                Not each domain has each type. A raw socket has no protocol that fits best: it must be named. SEQPACKET over \
                IP is SCTP, where the kernel has that loaded (132). Linux has more than these four types, such as SOCK_RDM; \
                Go's net uses these four.
                """,
            holds: .one("packets", of: ["ESOCKTNOSUPPORT", "132"]), .equal("raw", "EPROTONOSUPPORT")),
        Expectation(
            here: "a socket of SOCK_RAW with protocol 1, ICMP, {icmp outcome}",
            why: """
                Whoever sends raw packets can forge them, so it takes the capability CAP_NET_RAW (raw(7)). Root has it; \
                others get EPERM.
                """,
            holds: .one("icmp", of: ["1", "EPERM"])),
    ]

    static let commands = """
        1$ sockctl dial --trace 3000
        socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 8  16 µs
        ...
        1$ echo $?
        69
        1$ sockctl dial --trace unixpacket:/tmp/lab-nobody
        socket(AF_UNIX, SOCK_SEQPACKET|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 8  12 µs
        ...
        1$ echo $?
        69
        """

    static let lesson = """
        "tcp" is AF_INET or AF_INET6, SOCK_STREAM, 0; "udp" has SOCK_DGRAM in the middle; "unix", "unixgram" and "unixpacket" \
        are the three types of AF_UNIX. Go's nine networks are names for these numbers.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("Combinations that everybody uses, with protocol 0")
        stage.found("stream", .text(make(stage, PlainCalls.inet, PlainCalls.stream)))
        stage.found("datagram", .text(make(stage, PlainCalls.inet, PlainCalls.datagram)))
        stage.found("unix", .text(make(stage, PlainCalls.unix, PlainCalls.stream)))

        await stage.step("Combinations that do not exist, or are not for everybody")
        stage.found("packets", .text(make(stage, PlainCalls.inet, PlainCalls.sequenced)))
        stage.found("raw", .text(make(stage, PlainCalls.inet, PlainCalls.raw)))
        let icmp = make(stage, PlainCalls.inet, PlainCalls.raw, protocol: 1)
        stage.found("icmp", .text(icmp))
        stage.found("icmp outcome", .text(icmp == "1" ? "was made" : "was refused: \(icmp)"))
    }

    /// Makes a socket and closes it; says which protocol it had, or the error.
    @Netpoller
    private static func make(
        _ stage: Stage, _ domain: PlainCalls.Constant, _ type: PlainCalls.Constant, protocol number: Int32 = 0
    ) -> String {
        let made = stage.client.system("socket(\(domain.name), \(type.name), \(number))") { () throws(Errno) in
            let socket = try PlainCalls.socket(domain, type, protocol: number)
            return try SocketOption.protocolNumber.get(from: socket.rawValue)
        }
        guard case .success(let chosen) = made else { return made.code }
        stage.kernel.says("its protocol is \(chosen)", source: "SO_PROTOCOL")
        return "\(chosen)"
    }
}
