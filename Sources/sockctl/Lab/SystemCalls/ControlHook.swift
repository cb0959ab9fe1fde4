import SockKit

/// A function of yours between socket(2) and bind(2).
enum ControlHook: Experiment {
    static let title = "A control function gets the raw descriptor after socket and before bind"
    static let covers = [95]
    static let documents = [SourceDocument.sockets, .internals]
    static let claim = """
        ListenConfig and Dialer have a field Control: a function that is given the network, the address and the raw connection. \
        It is called after the socket was made and before it is bound or connected.
        """
    static let question = "When is the function called, what can it still change, and what if it fails?"

    static let expectations = [
        Expectation(
            says: "Control is called after the socket is created and before it is bound.",
            here: "the listener's calls were {order}; the function's own call is the setsockopt of SO_REUSEPORT",
            why:
                "Options that decide about the address, such as SO_REUSEPORT, have to be set before bind(2) looks at them.",
            holds: .equal("order", ["socket", "SO_REUSEPORT", "bind", "listen"])),
        Expectation(
            here: "a second listener at the same port, with the same function: {second}; one without it: {without}",
            why: """
                SO_REUSEPORT on all sockets that share a port gives each of them a queue of its own, and the kernel spreads \
                the dials over them. One that has not asked for it is refused.
                """,
            holds: .equal("second", "ok"), .equal("without", "EADDRINUSE")),
        Expectation(
            here:
                "a function that failed with {refusal} ended the listen with {failed}; of that socket the calls were {after failure}",
            why:
                "The descriptor belongs to the library until listen returns, so an error at this point must not leak it.",
            holds: .equal("failed", to: "refusal"), .equal("after failure", ["socket", "close"])),
    ]

    static let commands = """
        1$ sockctl listen --reuse-port --max-accepts 1 --serve time --trace 3000
        socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 6  12 µs
        setsockopt(6, SOL_SOCKET, SO_REUSEPORT, 1) = 0              1 µs
        bind(6, 127.0.0.1:3000) = 0                                 13 µs
        listen(6, 4096) = 0                                         6 µs
        ...
        2$ sockctl dial 3000
        2026-11-28 17:11:17
        """

    static let lesson = """
        The control function is the door to every socket option that the library has no field for. It runs once for each socket \
        that is made, so in a dial with several addresses more than once.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let recorder = stage.recordCalls()
        await stage.step("Listen with a control function that sets SO_REUSEPORT")
        let sharing = ListenConfiguration(control: { (socket, _, _) throws(Errno) in
            try SocketOption.reusePort.set(1, on: socket.number)
        })
        let first = try await listen(stage.server.quiet, sharing, "127.0.0.1:0")
        let calls = recorder.calls(of: first.number)
        let shown = calls.filter { steps.contains($0.call) || $0.arguments.contains("SO_REUSEPORT") }
        stage.server.show(shown)
        stage.found("order", .list(shown.map { $0.call == "setsockopt" ? "SO_REUSEPORT" : $0.call }))

        await stage.step("Two more want the same port, one with the function and one without")
        for (name, configuration) in [("second", sharing), ("without", ListenConfiguration())] {
            let error = try await stage.failure { () async throws(Interruption) in
                try await listen(stage.another(.server, name), configuration, "\(first.endpoint)")
            }
            stage.found(name, .text(error.code))
        }

        await stage.step("A control function that fails")
        let (mark, numbers) = (recorder.mark, Seen<Int32>())
        let failing = ListenConfiguration(control: { (socket, _, _) throws(Errno) in
            numbers.add(socket.number)
            throw .permissionDenied
        })
        let error = try await stage.failure { () async throws(Interruption) in
            try await listen(stage.server.quiet, failing, "127.0.0.1:0")
        }
        stage.found("refusal", .text(Errno.permissionDenied.name))
        stage.found("failed", .text(error.code))
        let last = recorder.calls(of: numbers.first ?? -1, since: mark).filter { (steps + ["close"]).contains($0.call) }
        stage.server.show(last.filter { $0.call == "socket" })
        stage.server.note("the control function fails with \(Errno.permissionDenied.name)")
        stage.server.show(last.filter { $0.call != "socket" })
        stage.server.note("listen fails: \(error.code)")
        stage.found("after failure", .list(last.map(\.call)))
    }

    private static let steps = ["socket", "bind", "listen"]

    @Netpoller
    private static func listen(
        _ party: Party, _ configuration: ListenConfiguration, _ address: String
    ) async throws(Interruption) -> LabListener {
        let listener = try await party.call("listen \(Party.brief(address))") { () async throws(NetworkError) in
            try await configuration.listen(.tcp, address)
        }
        party.stage.atEnd { listener.close() }
        return LabListener(listener, of: party)
    }
}
