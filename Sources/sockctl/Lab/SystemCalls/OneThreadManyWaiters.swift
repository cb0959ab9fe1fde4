import SockKit

/// Reads that look as if they blocked.
enum OneThreadManyWaiters: Experiment {
    static let title = "A hundred reads wait, and no thread waits in any of them"
    static let covers = [101]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        To the programmer every connection's Read seems to block, which makes the code simple. Beneath, the sockets are \
        non-blocking, and the runtime parks the goroutine instead of the thread until the netpoller says that there is data.
        """
    static let question =
        "100 connections wait for data, each in a read of its own. How many threads does the process have?"

    static let expectations = [
        Expectation(
            says: "A read that waits parks the goroutine, not the thread.",
            here: "with {waiting} reads waiting the process had {after:thread}; before that, {before:thread}",
            why: """
                Each read met EAGAIN and became a continuation in a table: some hundred bytes. One thread sleeps in \
                epoll_wait(2) for all of them.
                """,
            holds: .equal("waiting", 100), .atMost("more threads", 20)),
        Expectation(
            says: "The read looks as if it blocked.",
            here:
                "{done} of the {waiting} reads had returned while nothing was sent; then each returned its own byte: {answers}",
            why:
                "The task goes on where it stood, as if the call had slept. Neither side of the program sees the loop.",
            holds: .equal("done", 0), .equal("answers", to: "waiting")),
        Expectation(
            here: "these reads made {calls} calls of recv(2), two each: {empty} returned EAGAIN, {full} the data",
            why:
                "The first try finds nothing, and epoll says when a second one is worth it. No call was made in between.",
            holds: .equal("calls", 200), .equal("empty", to: "waiting"), .equal("full", to: "waiting")),
    ]

    static let commands = """
        1$ sockctl listen --trace --serve echo --max-accepts 2 3000
        accept4(6, SOCK_NONBLOCK|SOCK_CLOEXEC) = -1 EAGAIN          12 µs
        epoll_wait(3, no timeout) = 1                               38.6 ms
        recv(7, 65536 bytes) = 4                                    9 µs
        recv(7, 65536 bytes) = 4                                    6 µs
        ...
        2$ sockctl dial --send 'one\\n' 3000
        one
        ...
        3$ sockctl dial --send 'two\\n' 3000
        two
        ...
        """

    static let lesson = """
        Code that waits in a straight line and a loop that waits for everything are the same thing, seen from two sides. What a \
        waiting connection costs is memory, not a thread.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let count = 100
        try stage.require(
            ProcessCalls.raiseDescriptorLimit() >= 400, else: "400 descriptors are needed, and ulimit -n allows fewer")
        try stage.requirePorts(count + 100)
        let recorder = stage.recordCalls()
        let before = threads(stage)
        stage.found("before", .number(before))

        await stage.step("\(count) clients connect, and the server reads from each")
        let listener = try await stage.server.listen()
        var clients: [LabConnection] = []
        var reads: [(number: Int32, going: Going<Reading>)] = []
        let finished = Seen<Int>()
        for index in 0..<count {
            clients.append(try await stage.client.quiet.dial(listener))
            let end = try await LabListener(listener.listener, of: stage.server.quiet).accept()
            let going = stage.go { () async -> Reading in
                let reading = await end.read()
                finished.add(index)
                return reading
            }
            reads.append((end.number, going))
        }
        stage.client.note("\(count) connections")
        let numbers = reads.map(\.number)
        func with(_ fits: (SystemCallRecord) -> Bool) -> Int {
            let readers = recorder.calls().filter { $0.call == "recv" && fits($0) }.map { Self.descriptor(of: $0) }
            return Set(readers).intersection(numbers).count
        }
        _ = await stage.until { with { $0.errno == .wouldBlock } == count }
        stage.server.note("\(count) reads wait")
        let after = threads(stage)
        stage.found("waiting", .number(count))
        stage.found("after", .number(after))
        stage.found("more threads", .number(after - before))
        stage.found("done", .number(finished.all.count))

        await stage.step("Each client sends one byte")
        for client in clients { await client.write("x") }
        var answers = 0
        for read in reads where await read.going.value.string == "x" { answers += 1 }
        stage.client.note("\(count) writes")
        stage.server.note("\(answers) reads have returned")
        stage.found("answers", .number(answers))
        let calls = recorder.calls().filter { $0.call == "recv" && numbers.contains(Self.descriptor(of: $0)) }
        stage.found("calls", .number(calls.count))
        stage.found("empty", .number(with { $0.errno == .wouldBlock }))
        stage.found("full", .number(with { $0.result == 1 }))
    }

    private static func descriptor(of record: SystemCallRecord) -> Int32 {
        Int32(record.arguments.prefix { $0 != "," }) ?? -1
    }

    /// How many threads this process has.
    @Netpoller
    private static func threads(_ stage: Stage) -> Int {
        let status = (try? FileCalls.contents(of: "/proc/self/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Threads:") }
        let count = line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
        stage.kernel.says("this process has \(Quantity.count(count, "thread"))", source: "/proc/self/status")
        return count
    }
}
