import SockKit

/// One function makes all sockets, and two addresses say what they become.
enum ListenOrDial: Experiment {
    static let title = "A local address alone listens, a remote one dials"
    static let covers = [96]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        Inside Go's net one function makes every socket. If there is a local address and no remote one, it listens: bind and \
        listen for streams, only bind for datagrams. Otherwise it dials.
        """
    static let question = "Which system calls follow socket(2), depending on which addresses are given?"

    static let expectations = [
        Expectation(
            says: "With a local address only, a stream socket listens.",
            here: "a TCP socket with a local address: {stream}",
            why: "bind(2) gives the socket its address, listen(2) a queue: from then on others can connect to it.",
            holds: .equal("stream", ["socket", "bind", "listen"])),
        Expectation(
            says: "With a local address only, a datagram socket is bound and no more.",
            here: "a UDP socket with a local address: {datagram}",
            why: "A datagram socket receives as soon as it has an address.",
            holds: .equal("datagram", ["socket", "bind"])),
        Expectation(
            says: "Otherwise it dials.",
            here: "with a remote address only: {dial}; with both: {dial from}",
            why:
                "A local address beside the remote one is bound first, and connect(2) keeps it. Without one, connect(2) chooses.",
            holds: .equal("dial", ["socket", "connect"]), .equal("dial from", ["socket", "bind", "connect"])),
    ]

    static let commands = """
        1$ sockctl listen --trace --serve time --max-accepts 1 3000
        socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 6  17 µs
        bind(6, 127.0.0.1:3000) = 0                                 17 µs
        listen(6, 4096) = 0                                         4 µs
        ...
        2$ sockctl dial --trace -s 127.0.0.1:0 3000
        socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 8  17 µs
        bind(8, 127.0.0.1:0) = 0                                    13 µs
        connect(8, 127.0.0.1:3000) = -1 EINPROGRESS                 3.66 ms
        ...
        """

    static let lesson = """
        Listening and dialling begin with the same socket. What decides is which of bind, listen and connect come after it.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let recorder = stage.recordCalls()
        let (server, client) = (stage.server.quiet, stage.client.quiet)

        await stage.step("A local address and a stream socket")
        let listener = try await server.listen()
        stage.found("stream", show(recorder.calls(of: listener.number), stage.server))

        await stage.step("A local address and a datagram socket")
        let socket = try await server.bind()
        stage.found("datagram", show(recorder.calls(of: socket.number), stage.server))

        await stage.step("A remote address")
        let before = recorder.mark
        let plain = try await client.dial(listener)
        stage.found("dial", show(recorder.calls(of: plain.number, since: before), stage.client))

        await stage.step("A local and a remote address")
        let (after, source) = (recorder.mark, Endpoint("127.0.0.1:0"))
        let bound = try await client.dial(listener, Dialer(source: source))
        stage.found("dial from", show(recorder.calls(of: bound.number, since: after), stage.client))
    }

    /// Shows the calls that matter, and returns their names.
    @Netpoller
    private static func show(_ calls: [SystemCallRecord], _ party: Party) -> Measured {
        let shown = calls.filter { ["socket", "bind", "listen", "connect"].contains($0.call) }
        party.show(shown)
        return .list(shown.map(\.call))
    }
}
