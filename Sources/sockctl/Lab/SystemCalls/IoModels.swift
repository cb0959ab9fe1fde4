import SockKit

/// Three ways to wait for bytes, by what they cost.
enum IoModels: Experiment {
    static let title = "Waiting costs one call that sleeps, or thousands that do not"
    static let covers = [98, 99, 100]
    static let documents = [SourceDocument.server]
    static let claim = """
        Blocking I/O: the thread sleeps in the call until data is there, so each connection takes a thread. Non-blocking I/O: \
        the call returns EAGAIN at once, and asking again and again wastes the processor. Multiplexing: one call waits for many \
        sockets and says which of them are ready.
        """
    static let question =
        "A server waits for a client's first bytes, in three ways. How many system calls does the wait take, and how much processor time?"

    static let expectations = [
        Expectation(
            says: "Blocking: the thread sleeps in the call.",
            here: "blocking: {blocking calls:call} in a wait of {wait}, {blocking time} of processor time",
            why:
                "recv(2) puts the thread to sleep in the kernel, and the arriving bytes wake it. Asleep it costs nothing but itself.",
            holds: .equal("blocking calls", 1), .less("blocking time", than: "spin time")),
        Expectation(
            says: "Non-blocking: EAGAIN at once, and polling wastes the processor.",
            here: "spinning: {spin calls} calls, {spin empty} of them EAGAIN, {spin time} of processor time",
            why:
                "The kernel has nothing to say, and says it at once. The thread uses all the time that it is given, to hear it again.",
            holds: .atLeast("spin calls", 100), .sum(["spin empty", "one"], equals: "spin calls")),
        Expectation(
            says: "Multiplexing: one call waits for many sockets.",
            here: "epoll: {epoll calls} calls, epoll_wait and recv, {epoll time} of processor time",
            why: """
                epoll_wait(2) sleeps like a blocking recv, but for all sockets at once, and says which of them to read: that \
                costs one call more, and saves a thread for each connection.
                """,
            holds: .equal("epoll calls", 2), .less("epoll time", than: "spin time")),
    ]

    static let commands = """
        1$ sockctl listen --io-model spin --max-accepts 1 -v 3000
        waited 90.1 ms for 6 bytes: 51085 system calls, 51084 of them in vain, 58.0 ms of CPU
        ...
        2$ (sleep 1; echo hello) | sockctl dial 3000
        hello
        3$ sockctl listen --io-model epoll --max-accepts 1 -v 3001
        waited 92.0 ms for 6 bytes: 2 system calls, 105 µs of CPU
        ...
        4$ (sleep 1; echo hello) | sockctl dial 3001
        hello
        """

    static let lesson = """
        Sleeping is free; asking is not. A blocking call sleeps for one socket, epoll for as many as there are, and a loop of \
        non-blocking calls does not sleep at all.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let wait = stage.span(.milliseconds(100), document: .milliseconds(500))
        stage.found("wait", .span(wait))
        stage.found("one", 1)
        for model in [IOModel.blocking, .spin, .epoll] {
            await stage.step("\(model.rawValue): the client is silent for \(Quantity.duration(wait)), then says hello")
            let first = try await firstWait(model, wait, stage)
            stage.found("\(model.rawValue) calls", .number(first.calls))
            stage.found("\(model.rawValue) empty", .number(first.wouldBlock))
            stage.found("\(model.rawValue) time", .span(first.processorTime))
        }
    }

    /// What the wait for the client's first bytes took. The server's thread is no part of the loop, and makes plain calls.
    @Netpoller
    private static func firstWait(_ model: IOModel, _ wait: Duration, _ stage: Stage) async throws(Interruption)
        -> IOModelWait
    {
        let listener = try await stage.server.quiet.listen()
        let client = try await stage.client.quiet.dial(listener)
        let accepted = try await listener.accept()
        let (server, waits) = (IOModelServer(model), Seen<IOModelWait>())
        let place = stage.begin(.server, "wait (\(model.rawValue))")
        let serving = stage.go { await server.serve(accepted.connection, onWait: { waits.add($0) }) }
        await stage.pause(wait)
        let speaker = LabConnection(client.connection, of: stage.client)
        await speaker.write("hello")
        _ = await stage.until { waits.first != nil }
        let first = waits.first ?? IOModelWait()
        let calls = first.calls == 1 ? "1 call" : "\(first.calls) calls"
        stage.finish(place, "\(first.bytes) bytes after \(calls)")
        stage.kernel.says(
            "\(Quantity.duration(first.processorTime)) of processor time", source: "CLOCK_THREAD_CPUTIME_ID")
        client.connection.close()
        _ = await serving.value
        return first
    }
}
