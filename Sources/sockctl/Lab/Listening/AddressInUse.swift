import SockKit

/// Two servers that want the same port.
enum AddressInUse: Experiment {
    static let title = "Two listeners on one port: the second is refused, at bind or at listen"
    static let covers = [6]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        Listen fails where another program has the port already: bind: address already in use.
        """
    static let question =
        "Which call is refused, does another address of the machine help, and which options change it?"

    static let expectations = [
        Expectation(
            says: "A second Listen on the port fails with: bind: address already in use.",
            here: "the second listen met {second}; on 0.0.0.0 with the same port, {wide}",
            why: """
                0.0.0.0 stands for every address of the machine, 127.0.0.1 among them, so the two overlap. A port \
                belongs to the socket that listens there, whatever program that is.
                """,
            holds: .equal("second", "EADDRINUSE"), .equal("call", "bind"), .equal("wide", "EADDRINUSE")),
        Expectation(
            here: "two sockets with SO_REUSEADDR were both bound: {both bound}; then listen(2) gave {listens}",
            why: """
                SO_REUSEADDR allows the same name as long as nobody listens (socket(7)). The check is made again by \
                listen(2), so the error may come from there. This option is no way to share a port.
                """,
            holds: .isTrue("both bound"), .equal("listens", ["ok", "EADDRINUSE"])),
        Expectation(
            here: "two listeners with SO_REUSEPORT: {shared}; of {dials} dials they got {shares}",
            why: """
                SO_REUSEPORT on every socket says that all of them want to share, and all have to belong to the same \
                user. The kernel deals out connections by a hash of the four numbers.
                """,
            holds: .equal("shared", "both listen"), .equal("served", to: "dials")),
    ]

    static let commands = """
        1$ sockctl listen 3000 -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ sockctl listen 3000 --timeout 1s
        sockctl: listen tcp 127.0.0.1:3000: bind: address already in use
        hint: somebody listens there already; look at: ss -ltnp 'sport = :3000'
        2$ echo $?
        73
        """

    static let lesson = """
        A port is given to one listener, and "every address" overlaps with each. Only SO_REUSEPORT, set by all who \
        take part, shares a port between servers.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A second server wants the first one's port")
        let first = try await stage.server.listen()
        let second = stage.another(.server, "second")
        let error = try await stage.failure { () async throws(Interruption) in
            try await second.listen(.tcp, "127.0.0.1:\(first.port)")
        }
        stage.found("second", .text(error?.code ?? "nil"))
        stage.found("call", .text(error?.call ?? ""))
        let wide = try await stage.failure { () async throws(Interruption) in
            try await second.listen(.tcp4, "0.0.0.0:\(first.port)")
        }
        stage.found("wide", .text(wide?.code ?? "nil"))

        await stage.step("Two sockets with SO_REUSEADDR; nobody listens yet")
        try reuseAddress(stage)
        await stage.step("Two servers with SO_REUSEPORT, and clients")
        try await reusePort(stage)
    }

    @Netpoller
    private static func reuseAddress(_ stage: Stage) throws(Interruption) {
        let one = try stage.server.socket()
        let other = try stage.another(.server, "second").socket()
        for socket in [one, other] { socket.set(.reuseAddress) }
        let bound = [one.bind(.ip(.v4Loopback, port: 0)), other.bind(one.endpoint)]
        stage.found("both bound", .flag(bound == ["ok", "ok"]))
        stage.found("listens", .list([one.listen(5), other.listen(5)]))
        one.close()
        other.close()
    }

    @Netpoller
    private static func reusePort(_ stage: Stage) async throws(Interruption) {
        var options = SocketOptions()
        options.reusesPort = true
        let sharing = options
        let one = try await stage.server.listen(options: sharing)
        let second = stage.another(.server, "second")
        let place = "127.0.0.1:\(one.port)"
        var other: LabListener?
        let error = try await stage.failure { () async throws(Interruption) in
            other = try await second.listen(.tcp, place, options: sharing)
        }
        stage.found("shared", .text(error?.code ?? "both listen"))
        let dials = 20
        stage.found("dials", .number(dials))
        guard let other else { return }
        for _ in 1...dials { _ = try await stage.client.quiet.dial(one, Dialer(timeout: .seconds(5))) }
        stage.client.note("\(dials) dials to that port")
        _ = await stage.until { length(one) + length(other) == dials }
        stage.kernel.queue(one)
        stage.kernel.queue(other)
        stage.found("shares", .text("\(length(one)) and \(length(other))"))
        stage.found("served", .number(length(one) + length(other)))
    }

    @Netpoller
    private static func length(_ listener: LabListener) -> Int { listener.listener.acceptQueue?.length ?? 0 }
}
