import SockKit

/// The setting that is said to refuse clients of a full queue.
enum AbortOnOverflow: Experiment {
    static let title = "A full queue stays silent, whatever tcp_abort_on_overflow says"
    static let covers = [22]
    static let claim = """
        No document speaks of it. It is often recommended: with net.ipv4.tcp_abort_on_overflow a full queue is said to \
        answer with a reset.
        """
    static let question = "A queue is full. Does the setting change what one more dial meets?"

    static let expectations = [
        Expectation(
            here: "with the setting at 0 one more dial met {off}, with 1 it met {on}: no reset",
            why: """
                The SYN is dropped before the setting is looked at (tcp_conn_request). It is about the last packet of a \
                handshake that finds the queue full although its SYN did not (tcp_check_req), which is rare.
                """,
            holds: .equal("off", "no answer"), .equal("on", "no answer")),
        Expectation(
            here: """
                the kernel counted the SYNs that it dropped at a full queue: {off overflows} with the setting at 0, \
                {on overflows} with 1
                """,
            why: """
                In a network of its own nothing else is counted. ListenOverflows and ListenDrops both grow by each SYN.
                """,
            holds: .atLeast("off overflows", 1), .atLeast("on overflows", 1), .equal("off drops", to: "off overflows"),
            .equal("on drops", to: "on overflows")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 0 --dials 2 --timeout 300ms
        ...
        connected           1
        timed out           1
        refused             0
        ...
        """

    static let lesson = """
        Do not count on this setting to tell clients that a server is too slow. A longer queue, and an accept that does \
        nothing but accept, help.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        for (name, value) in [("off", 0), ("on", 1)] {
            await stage.step("A network of its own, with tcp_abort_on_overflow at \(value)")
            let place = stage.begin(.client, "connect(2) to a full queue, at most 300 ms")
            let found: Attempt
            switch await attempt(value) {
            case .success(let made): found = made
            case .failure(let error):
                stage.finish(place, "it could not be tried", failed: true)
                throw .notRun(reason(for: error))
            }
            stage.finish(place, found.outcome, failed: found.outcome == "no answer")
            stage.kernel.says("ListenOverflows grew by \(found.overflows)", source: "netstat")
            stage.kernel.says("ListenDrops grew by \(found.drops)", source: "netstat")
            stage.found(name, .text(found.outcome))
            stage.found("\(name) overflows", .number(found.overflows))
            stage.found("\(name) drops", .number(found.drops))
        }
    }

    private typealias Attempt = (outcome: String, overflows: Int, drops: Int)

    /// Why there can be no such network.
    static func reason(for error: Errno) -> String {
        guard error == .notPermitted else { return "a network of its own could not be set up: \(error.name)" }
        return
            "a network of its own is for root only: who is not root needs a user namespace for it, and a "
            + "thread of a program with several threads cannot make one; run it in: unshare -rn"
    }

    /// What a dial to a full queue meets in a network with this setting.
    @Netpoller
    private static func attempt(_ value: Int) async -> Result<Attempt, Errno> {
        let found = try? await Netpoller.offload { () -> Result<Attempt, Errno> in
            do throws(Errno) { return .success(try fill(value)) } catch { return .failure(error) }
        }
        return found ?? .failure(.interrupted)
    }

    /// On a thread of its own: the network is the thread's.
    private nonisolated static func fill(_ value: Int) throws(Errno) -> Attempt {
        try NamespaceCalls.enterOwnNetwork()
        let setting = try FileCalls.open("/proc/sys/net/ipv4/tcp_abort_on_overflow", for: .overwrite, creating: false)
        let text = Array("\(value)\n".utf8)
        try FileCalls.writeBlocking(setting.rawValue, text.span)
        let listener = try SocketCalls.socket(.inet, .stream)
        let filler = try SocketCalls.socket(.inet, .stream)
        try SocketCalls.bind(listener.rawValue, to: .ip(.v4Loopback, port: 0), family: .inet)
        try SocketCalls.listen(listener.rawValue, backlog: 0)
        let place = try SocketCalls.localEndpoint(of: listener.rawValue)
        try BlockingCalls.connect(filler.rawValue, to: place, family: .inet, timeout: .seconds(5))
        let before = ListenCounters.ofThread
        let socket = try SocketCalls.socket(.inet, .stream)
        var outcome = "a connection"
        do throws(Errno) {
            try BlockingCalls.connect(socket.rawValue, to: place, family: .inet, timeout: .milliseconds(300))
        } catch {
            // A blocking connect whose time is over says that it goes on (connect(2), SO_SNDTIMEO).
            outcome = error == .inProgress ? "no answer" : error.name
        }
        let after = ListenCounters.ofThread
        return (
            outcome, (after?.overflows ?? 0) - (before?.overflows ?? 0), (after?.drops ?? 0) - (before?.drops ?? 0)
        )
    }
}
