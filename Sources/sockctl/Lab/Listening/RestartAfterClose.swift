import SockKit

/// A server that is started again at once.
enum RestartAfterClose: Experiment {
    static let title = "A server that closed first cannot have its port again, unless both times it said so"
    static let covers = [10]
    static let claim = """
        No document speaks of it, but the time server of the first one runs into it: it closes each connection first.
        """
    static let question =
        "A server has closed a connection and ends. Who can bind its port at once, and what decides it?"

    static let expectations = [
        Expectation(
            here: "after the server had closed first, a new socket at its port met: {plain plain}",
            why: """
                Who closes first keeps the connection's four numbers for 60 s in TIME-WAIT, so that late segments meet \
                nobody else. The port is taken as long as one such connection is left.
                """,
            holds: .equal("plain plain", "EADDRINUSE")),
        Expectation(
            here: """
                SO_REUSEADDR on the new socket only: {plain reuse}; on the old one only: {reuse plain}; on both: \
                {reuse reuse}
                """,
            why: """
                The connection in TIME-WAIT remembers whether its listener had SO_REUSEADDR, and bind(2) asks both \
                (inet_csk_bind_conflict). That is why servers set it always, and not only when they are in trouble. \
                Go does.
                """,
            holds: .equal("plain reuse", "EADDRINUSE"), .equal("reuse plain", "EADDRINUSE"),
            .equal("reuse reuse", "ok")),
        Expectation(
            here: "after the client had closed first, a new socket without the option met: {client first}",
            why: "TIME-WAIT is then on the client's side, with the client's port. The server's port is free.",
            holds: .equal("client first", "ok")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --serve time -v
        ...
        closed 127.0.0.1:53312 from this side after 202 µs: received 0 bytes, sent 20 bytes (96.7 KiB/s)
        ...
        2$ sockctl dial 3000
        2026-11-28 17:08:44
        """

    static let lesson = """
        "Address already in use" without any server is TIME-WAIT. SO_REUSEADDR set from the first start on is the \
        answer, and letting the clients close first spares the server the matter.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        for (index, reuses) in [[false, false], [false, true], [true, false], [true, true]].enumerated() {
            let names = reuses.map { $0 ? "reuse" : "plain" }
            let party = index == 0 ? stage.server : stage.another(.server, "old \(names[0]), new \(names[1])")
            if index == 0 { await stage.step("The server closes first; its port is wanted again, without an option") }
            if index == 1 { await stage.step("The same with SO_REUSEADDR on the new, the old, or both sockets") }
            let result = try await rebind(stage, party, old: reuses[0], new: reuses[1], isTold: index == 0)
            stage.found("\(names[0]) \(names[1])", .text(result))
        }
        await stage.step("The client closes first")
        let result = try await rebind(
            stage, stage.server, old: false, new: false, serverFirst: false, isTold: true)
        stage.found("client first", .text(result))
    }

    /// What a bind meets after a connection has ended and the listener has been closed.
    @Netpoller
    private static func rebind(
        _ stage: Stage, _ party: Party, old: Bool, new: Bool, serverFirst: Bool = true, isTold: Bool
    ) async throws(Interruption) -> String {
        let control: SockKit.ControlHook = { socket, _, _ throws(Errno) in
            try SocketOption.reuseAddress.set(old ? 1 : 0, on: socket.number)
        }
        let quiet = party.quiet
        let listener: Listener
        do throws(NetworkError) {
            listener = try await ListenConfiguration(control: control).listen(.tcp4, "127.0.0.1:0")
        } catch {
            throw .failure(error)
        }
        if isTold {
            party.note("listen → \(Party.brief(listener.endpoint)), SO_REUSEADDR \(old ? "on" : "off")")
        }
        let lab = LabListener(listener, of: isTold ? party : quiet)
        let client = try await (isTold ? stage.client : stage.client.quiet).dial(lab)
        let server = try await lab.accept()
        let (first, second) = serverFirst ? (server, client) : (client, server)
        first.close()
        _ = await stage.until { second.connection.tcpInfo?.state == .closeWait }
        second.close()
        lab.close()
        if isTold { stage.kernel.inferred("TIME-WAIT for 60 s at the \(serverFirst ? "server" : "client")'s port") }
        // The last acknowledgement may be on its way: where the port will be free, it is waited for.
        if serverFirst {
            await stage.pause(.milliseconds(5))
        } else {
            _ = await stage.until { isFree(listener.endpoint, quiet) }
        }
        let again = try quiet.socket()
        if new { again.set(.reuseAddress) }
        let result = LabDescriptor.named(again, of: party).bind(listener.endpoint)
        again.close()
        return result
    }

    /// Whether a socket without options can be bound there.
    @Netpoller
    private static func isFree(_ endpoint: Endpoint, _ quiet: Party) -> Bool {
        guard let probe = try? quiet.socket() else { return false }
        defer { probe.close() }
        return probe.bind(endpoint) == "ok"
    }
}
