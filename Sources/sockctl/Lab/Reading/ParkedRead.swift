import SockKit

/// What happens while a read "blocks".
enum ParkedRead: Experiment {
    static let title = "A read that blocks does not block: it is parked, and its thread goes on"
    static let covers = [51, 57]
    static let documents = [SourceDocument.server]
    static let claim = """
        When nothing has come, Read blocks: the goroutine is parked, and the thread runs others. Underneath, the socket \
        is non-blocking: read(2) says EAGAIN, the goroutine waits until the poller reports data, and tries again. EINTR \
        is ignored.
        """
    static let question = "Which system calls does a read make that has to wait, and what does its thread do meanwhile?"

    static let expectations = [
        Expectation(
            says: "Read waits while nothing is there, and the thread is free for others.",
            here: "while the read waited {waited}, another task on the same thread worked {ticks} times",
            why: """
                The task hands its thread back and leaves a note with the loop: wake me when this socket is readable. \
                Nothing is spent on waiting.
                """,
            holds: .equal("ticks", 3), .equal("count", 5)),
        Expectation(
            says: "read(2) said EAGAIN; when the poller reports data, it is called again.",
            here: "the read made these calls of recv(2): {calls}",
            why: """
                The socket has O_NONBLOCK, so recv(2) never waits: it says EAGAIN. epoll_wait(2) is what waits, for all \
                sockets at once. When it reports this one, recv(2) is called again and succeeds.
                """,
            holds: .equal("calls", ["EAGAIN", "5"])),
        Expectation(
            says: "EINTR is ignored.",
            here:
                "a recv(2) that was made to fail with EINTR was followed by another: {interrupted}; the read's error was {error}",
            why: """
                EINTR says that a signal came and that nothing was read. There is nothing to report: the call is made \
                again (signal(7)). The EINTR was put in by this program, as strace(1) can with inject.
                """,
            holds: .equal("interrupted", ["EINTR", "2"]), .equal("error", "nil")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --read-size 128 --trace
        ...
        recv(9, 128 bytes) = -1 EAGAIN                              9 µs
        epoll_wait(3, no timeout) = 1                               192 ms
        recv(9, 128 bytes) = 6                                      10 µs
        hello
        ...
        2$ (sleep 0.2; echo hello) | sockctl dial 3000
        """

    static let lesson = """
        Blocking is what the program sees; beneath it are a non-blocking socket and one loop that waits for all of them. \
        That is why thousands of reads can wait without thousands of threads.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let log = server.log("recv")

        await stage.step("The server reads, and nothing is there yet")
        let returned = Seen<Int>()
        let read = stage.go { () async -> Reading in
            let reading = await server.read(128)
            returned.add(reading.count)
            return reading
        }
        _ = await stage.until { !log.results.isEmpty }
        var ticks = 0
        for number in 1...3 {
            await stage.pause(.milliseconds(20))
            stage.server.note("another task works, \(number)")
            if returned.all.isEmpty { ticks += 1 }
        }
        stage.found("ticks", .number(ticks))
        await client.write("hello")
        let reading = await read.value
        stage.found("waited", .span(reading.took))
        stage.found("count", .bytes(reading.count))
        let calls = log.results
        stage.server.note("the read called recv(2): \(calls.joined(separator: ", then "))")
        stage.found("calls", .list(calls))

        await stage.step("2 bytes are there, and recv(2) is interrupted")
        await client.write("hi")
        await stage.kernel.holds(2, for: server)
        log.interruptOnce()
        let second = await server.read(128)
        let later = Array(log.results.dropFirst(calls.count))
        stage.server.note("the read called recv(2): \(later.joined(separator: ", then "))")
        stage.found("interrupted", .list(later))
        stage.found("error", .text(second.code))
    }
}
