import SockKit

/// The calls behind one read that waits.
enum EpollBehindTheRead: Experiment {
    static let title = "A read that waits is a recv, an epoll_wait and another recv"
    static let covers = [120]
    static let documents = [SourceDocument.server, .sockets]
    static let claim = """
        Go's runtime has a netpoller: on Linux it is made of epoll, on macOS of kqueue, on Windows of IOCP, on Solaris of event \
        ports. It makes sockets that are non-blocking look as if they blocked.
        """
    static let question = "A read waits for data and gets it. Which system calls did it take?"

    static let expectations = [
        Expectation(
            says: "On Linux the netpoller uses epoll.",
            here: "the accepted socket was given to the loop with {added}",
            why: """
                Each socket is added once, with EPOLLET: the kernel announces it whenever something new has happened to it, \
                and never again for the same thing (epoll(7)).
                """,
            holds: .isTrue("is edge")),
        Expectation(
            says: "The call is non-blocking, and the waiting is the runtime's.",
            here: "the read's calls were {calls}",
            why: """
                The first recv returned EAGAIN, so the task was set aside, and the thread went to sleep in epoll_wait. That \
                returned when the bytes had come, and the second recv took them.
                """,
            holds: .equal("calls", ["recv EAGAIN", "epoll_wait", "recv 5"])),
        Expectation(
            here: "a read of bytes that were there already took {second}",
            why: "Where nothing is to be waited for, the loop costs nothing: the first try succeeds.",
            holds: .equal("second", ["recv 5"])),
    ]

    static let commands = """
        1$ sockctl listen -k --serve echo 3000
        ...
        2$ sockctl dial --trace --send 'hello\\n' 3000
        epoll_create1(EPOLL_CLOEXEC) = 3                            9 µs
        epoll_ctl(3, EPOLL_CTL_ADD, 7, EPOLLIN|EPOLLOUT|EPOLLRDHUP|EPOLLPRI|EPOLLET) = 0  18 µs
        epoll_wait(3, no timeout) = 1                               38.6 ms
        ...
        """

    static let lesson = """
        Try first, and wait only when the kernel says EAGAIN. That order is what makes non-blocking sockets cheap, and it is the \
        same in Go, in Swift and in every event loop.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let recorder = stage.recordCalls()
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let number = server.number
        let added = recorder.calls(of: number).first { $0.call == "epoll_ctl" }
        let epoll = added?.arguments.split(separator: ",").first.map(String.init) ?? ""
        stage.server.show([added].compactMap { $0 })
        stage.found("added", .text(added.map { "\($0.call)(\($0.arguments))" } ?? "nothing"))
        stage.found("is edge", .flag(added?.arguments.contains("EPOLLET") == true))

        await stage.step("The server reads, and nothing is there yet")
        let quiet = LabConnection(server.connection, of: stage.server.quiet)
        let before = recorder.mark
        let reading = stage.go { await quiet.read(512) }
        let isWaiting = await stage.until { recorder.calls(of: number, since: before).contains { $0.call == "recv" } }
        let first = recorder.calls(of: number, since: before).filter { $0.call == "recv" }
        stage.server.show(first)
        if isWaiting { stage.server.note("the task is set aside") }

        await stage.step("The client writes")
        await client.write("hello")
        _ = await reading.value
        let calls = essential(recorder.calls(since: before), number, epoll)
        stage.server.show(Array(calls.dropFirst(first.count)))
        stage.found("calls", .list(calls.map(text)))

        await stage.step("The client writes again, and the server reads when the bytes are there")
        await client.write("again")
        await stage.kernel.holds(5, for: server)
        let middle = recorder.mark
        await quiet.read(512)
        let second = recorder.calls(of: number, since: middle).filter { $0.call == "recv" }
        stage.server.show(second)
        stage.found("second", .list(second.map(text)))
    }

    /// The socket's own reads, and between them the last wait that announced something.
    private static func essential(_ calls: [SystemCallRecord], _ number: Int32, _ epoll: String) -> [SystemCallRecord] {
        let end = calls.lastIndex { $0.call == "recv" && $0.isAbout(number) } ?? calls.endIndex
        let wait = calls[..<end].lastIndex {
            $0.call == "epoll_wait" && $0.result > 0 && $0.arguments.hasPrefix("\(epoll),")
        }
        return calls.indices.filter { $0 == wait || calls[$0].call == "recv" && calls[$0].isAbout(number) }
            .map { calls[$0] }
    }

    private static func text(_ record: SystemCallRecord) -> String {
        record.call == "epoll_wait" ? record.call : "\(record.call) \(record.errno?.name ?? "\(record.result)")"
    }
}
