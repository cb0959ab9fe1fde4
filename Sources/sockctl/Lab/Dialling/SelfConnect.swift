import SockKit

/// A socket that is connected to itself.
enum SelfConnect: Experiment {
    static let title = "A socket that dials its own port is connected to itself, without any server"
    static let covers = [40]
    static let claim = "No document speaks of it; Go's Dial looks for it and tries again."
    static let question = "Nobody listens. A socket is bound to a port and connects to the same port. What happens?"

    static let expectations = [
        Expectation(
            here: "connect(2) gave {connect}, the state is {state}, and both ends are {ends}",
            why: """
                The SYN comes back to the socket that sent it, which is in SYN-SENT. Two SYNs that cross are a \
                simultaneous open (RFC 9293, 3.5), so the connection is made. No listener is needed.
                """,
            holds: .equal("connect", "ok"), .equal("state", "ESTAB"), .isTrue("same ends")),
        Expectation(
            here: "it wrote \u{201c}hello\u{201d} and read \u{201c}{echo}\u{201d}",
            why: "Its send queue leads to its own receive queue: it looks like an echo server.",
            holds: .equal("echo", "hello")),
        Expectation(
            here: "while it lived, a server that wanted the port met {server}",
            why: """
                This is how it hurts: a client dials its dead local server again and again, gets the very port as its \
                own one day, and from then on the server cannot start. Go and this program close such a connection, \
                unless the local port was asked for.
                """,
            holds: .equal("server", "EADDRINUSE")),
    ]

    static let commands = """
        1$ echo hello | sockctl dial -v --source 127.0.0.1:3000 127.0.0.1:3000
        connecting to 127.0.0.1:3000
        connected to 127.0.0.1:3000 from 127.0.0.1:3000 in 274 µs
        ...
        hello
        ...
        """

    static let lesson = """
        A successful connect does not prove that there is a server: compare both ends. Servers whose port lies in the \
        range of the clients' ports (ip_local_port_range) are at risk.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A socket is bound, and connects to its own address")
        let socket = try stage.client.socket()
        socket.bind(.ip(.v4Loopback, port: 0))
        let endpoint = socket.endpoint
        var connect = socket.connect(endpoint)
        if connect == "EINPROGRESS" {
            _ = await stage.until { state(socket) == .established }
            connect = (try? SocketCalls.takeError(of: socket.number))?.name ?? "ok"
        }
        stage.found("connect", .text(connect))
        let found = state(socket).map { "\($0)" } ?? "gone"
        stage.kernel.says("the socket: \(found)", source: "TCP_INFO")
        stage.found("state", .text(found))
        let peer = try? SocketCalls.remoteEndpoint(of: socket.number)
        stage.kernel.says("the peer is \(peer.map(Party.brief) ?? "nobody")", source: "getpeername(2)")
        stage.found("ends", .text("\(endpoint)"))
        stage.found("same ends", .flag(peer == endpoint))

        await stage.step("A server wants the port")
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.server.listen(.tcp4, "\(endpoint)")
        }
        stage.found("server", .text(error?.code ?? "it listens"))

        await stage.step("It writes, and reads")
        let connection = try socket.connection(to: endpoint)
        await connection.write("hello")
        stage.found("echo", .text(await connection.read().string))
    }

    @Netpoller
    private static func state(_ socket: LabDescriptor) -> TCPInfo.State? {
        (try? TCPInfoCalls.information(of: socket.number)).flatMap { TCPInfo.State(rawValue: $0.state) }
    }
}
