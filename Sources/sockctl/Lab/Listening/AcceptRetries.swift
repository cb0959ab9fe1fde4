import SockKit

/// An accept that fails for a while.
enum AcceptRetries: Experiment {
    static let title = "When descriptors run out, accept fails again and again, and the client waits"
    static let covers = [11]
    static let documents = [SourceDocument.processes]
    static let claim = """
        Accept's errors are of two kinds: temporary ones, after which a server tries again a little later, and the \
        others, which end its loop.
        """
    static let question =
        "A server has no descriptor left for a connection that waits. What happens to the two of them?"

    static let expectations = [
        Expectation(
            says: "After a temporary error the server tries again a little later.",
            here: "accept(2) met {code}; the pauses between the tries were {pauses}",
            why: """
                The connection stays in the queue and the listener stays readable, so a loop without a pause would spin \
                at full speed. Go's server pauses 5 ms, doubled each time up to 1 s.
                """,
            holds: .equal("code", "EMFILE"), .equal("pauses", ["5 ms", "10 ms", "20 ms"])),
        Expectation(
            here:
                "meanwhile {queued:connection} waited in the kernel; with a descriptor free it was accepted: {accepted}",
            why: """
                EMFILE is a matter of this process alone. The client has been connected all the time and notices \
                nothing but a server that is slow.
                """,
            holds: .equal("queued", 1), .isTrue("accepted")),
        Expectation(
            here:
                "a client had reset its connection in the queue: accept gave {after reset}, and a read met {reset read}",
            why: """
                accept(2) knows ECONNABORTED, but Linux does not use it for this: it hands the dead connection out, and \
                its first read tells.
                """,
            holds: .equal("after reset", "a connection"), .equal("reset read", "ECONNRESET")),
    ]

    static let commands = """
        1$ sh -c 'ulimit -n 9; exec sockctl listen 3000 -k --serve echo -v'
        ...
        accepted 127.0.0.1:52820, connection 1
        ...
        retrying in 5.00 ms, attempt 1: accept tcp 127.0.0.1:3000: accept: too many open files
        ...
        2$ (sleep 0.3; echo a) | sockctl dial 3000 & (sleep 0.3; echo b) | sockctl dial 3000 & wait
        a
        b
        """

    static let lesson = """
        An error of accept is mostly about this process or one client, and no reason to stop serving. Pause before the \
        next try, or the loop burns a processor until a descriptor is free.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A client connects; the server's process may open no further descriptor")
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        await stage.kernel.queues(1, on: listener)
        let limit = ProcessCalls.descriptorLimit
        let lowest = try stage.server.quiet.socket()
        lowest.close()
        stage.atEnd { ProcessCalls.setDescriptorLimit(limit) }
        ProcessCalls.setDescriptorLimit(Int(lowest.number))
        stage.server.note("RLIMIT_NOFILE is \(lowest.number)")
        var (pauses, code) = ([String](), "")
        listener.listener.onRetry = { error, attempt, pause in
            code = error.code
            pauses.append("\(Int((pause.seconds * 1000).rounded())) ms")
            stage.server.note("try \(attempt): \(Party.text(of: error)); again in \(Quantity.duration(pause))")
            guard attempt == 3 else { return }
            stage.found("queued", .number(stage.kernel.queue(listener)?.length ?? -1))
            ProcessCalls.setDescriptorLimit(limit)
            stage.server.note("RLIMIT_NOFILE is \(limit) again")
        }
        let server = try await listener.accept()
        stage.found("code", .text(code))
        stage.found("pauses", .list(pauses))
        stage.found("accepted", .flag(server.connection.remoteEndpoint == client.connection.localEndpoint))

        await stage.step("Another client connects, and resets its connection before it is accepted")
        let second = try await stage.client.dial(listener)
        await stage.kernel.queues(1, on: listener)
        second.reset()
        let dead = try await listener.accept()
        stage.found("after reset", "a connection")
        stage.found("reset read", .text(await dead.read().code))
    }
}
