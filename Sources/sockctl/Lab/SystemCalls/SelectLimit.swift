import SockKit

/// select(2) and descriptors from 1024 on.
enum SelectLimit: Experiment {
    static let title = "A select has bits for 1024 descriptors, epoll has no such limit"
    static let covers = [102]
    static let documents = [SourceDocument.server]
    static let claim = """
        Multiplexing began with select, which can watch at most 1024 descriptors. poll and epoll came to lift that limit and \
        to scale better.
        """
    static let question = "A socket with a number above 1023 has data. Which of select and epoll can say so?"

    static let expectations = [
        Expectation(
            says: "select can watch 1024 descriptors at most.",
            here: "the C library's fd_set has {bits} bits: for the numbers 0 to {last}. Descriptor {number} has none",
            why: """
                It is not about how many descriptors are watched, but about the highest number: the set is an array of bits, \
                FD_SETSIZE of them. FD_SET with a higher number writes beyond the array (select(2)).
                """,
            holds: .equal("bits", 1024), .more("number", than: "last")),
        Expectation(
            here:
                "given an array that is long enough, the kernel's select said of {number} that it is readable: {select}",
            why: """
                The limit is in the C library's type and not in the kernel, which takes as many bits as it is told of. A \
                portable program cannot count on that.
                """,
            holds: .isTrue("select")),
        Expectation(
            says: "epoll lifts the limit.",
            here: "epoll woke the reader of descriptor {number}, which read \u{201c}{text}\u{201d}",
            why: """
                epoll is given each descriptor once, by its number, and the kernel keeps the list. What a wait costs does not \
                depend on how many there are.
                """,
            holds: .equal("text", "hello")),
    ]

    static let commands = """
        1$ sockctl listen --trace --serve echo --max-accepts 1 3000
        epoll_create1(EPOLL_CLOEXEC) = 3                            9 µs
        epoll_ctl(3, EPOLL_CTL_ADD, 7, EPOLLIN|EPOLLOUT|EPOLLRDHUP|EPOLLPRI|EPOLLET) = 0  18 µs
        epoll_wait(3, no timeout) = 1                               38.6 ms
        ...
        2$ sockctl dial --send 'hello\\n' 3000
        hello
        ...
        """

    static let lesson = """
        A program that uses select breaks with its 1025th open file, whatever that is: files and pipes count too. Use poll for a \
        few descriptors, and epoll for many.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let wanted: Int32 = 1100
        try stage.require(
            ProcessCalls.raiseDescriptorLimit() > Int(wanted) + 100, else: "ulimit -n allows no descriptor above 1200")
        stage.found("bits", .number(PlainCalls.selectLimit))
        stage.found("last", .number(PlainCalls.selectLimit - 1))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let accepted = try await listener.accept()

        await stage.step("The server's socket gets a number above 1023, and the client writes")
        let old = accepted.number
        let high: PolledDescriptor
        do throws(Errno) {
            let copy = try PlainCalls.duplicate(old, atLeast: wanted)
            high = try PolledDescriptor(adopting: copy, sharesFile: true)
        } catch {
            throw .notRun("no descriptor above \(wanted) could be made: \(error)")
        }
        stage.atEnd { Netpoller.spawn { high.close() } }
        let server = LabConnection(Connection(high, .tcp, remote: accepted.connection.remoteEndpoint), of: stage.server)
        let number = server.number
        stage.server.note("fcntl(\(old), F_DUPFD, \(wanted)) → \(number)")
        stage.found("number", .number(Int(number)))
        let reading = stage.go { await server.read() }
        await stage.pause(.milliseconds(5))
        await client.write("hello")

        await stage.step("Who can see it?")
        let seen = await reading.value
        stage.found("text", .text(seen.string))
        await client.write("again")
        await stage.kernel.holds(5, for: server)
        let isReadable = stage.server.system(
            "select(\(number + 1)), an array of \(number + 1) bits", result: { $0 ? "readable" : "nothing" }
        ) {
            () throws(Errno) in try PlainCalls.selectSaysReadable(number)
        }
        if case .success(let flag) = isReadable { stage.found("select", .flag(flag)) }
        stage.server.note("an fd_set has \(PlainCalls.selectLimit) bits")
    }
}
