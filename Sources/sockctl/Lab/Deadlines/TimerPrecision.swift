import SockKit

/// How exactly a limit is kept, by those who can keep one.
enum TimerPrecision: Experiment {
    static let title = "A timeout is never early, and late by as much as its timer is coarse"
    static let covers = [50]
    static let claim = """
        The documents set deadlines of microseconds and of seconds alike, and do not say how exactly they are kept.
        """
    static let question = "A read has 50 ms. After how long does it really give up?"

    static let expectations = [
        Expectation(
            here: "under a deadline of {limit} the read gave up after {deadline}, with {deadline error}",
            why: """
                A deadline is kept by the loop that waits for the sockets: with epoll_pwait2(2) and timers of high \
                resolution, of which the kernel is allowed 50 µs of slack (prctl(2), PR_SET_TIMERSLACK), where it has \
                that call; else in milliseconds, rounded up.
                """,
            holds: .equal("deadline error", "timeout"), .about("deadline", "limit")),
        Expectation(
            here: "with SO_RCVTIMEO of {limit} a blocking recv(2) gave up after {option}, with {option error}",
            why: """
                The kernel counts this one in ticks of its own clock, of which there are 100 to 1,000 a second, and \
                rounds up. It reports EAGAIN, as if the socket were non-blocking: the name says nothing of time.
                """,
            holds: .equal("option error", "EAGAIN"), .about("option", "limit")),
        Expectation(
            here: "a deadline that had passed already took {past}, and met {past error}",
            why: "It is looked at before anything else, so there is nothing to wait for.",
            holds: .equal("past error", "timeout"), .less("past", than: "limit")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --no-read -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ sockctl dial 3000 --read-timeout 50ms -v
        ...
        sockctl: read tcp 127.0.0.1:50624->127.0.0.1:3000: i/o timeout
        closed 127.0.0.1:3000 by a time-out after 50.7 ms: received 0 bytes, sent 0 bytes, after 50.7 ms of silence
        ...
        2$ echo $?
        75
        """

    static let lesson = """
        A timeout promises "not before", and never "exactly then": a busy machine makes all of them late. Compare spans \
        with a monotonic clock and leave room above.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = Duration.milliseconds(50)
        stage.found("limit", .span(limit))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        _ = try await listener.accept()

        await stage.step("A deadline, kept by the loop")
        client.setReadDeadline(in: limit)
        let reading = await client.read()
        stage.found("deadline", .span(reading.sinceDeadline))
        stage.found("deadline error", .text(reading.code))

        await stage.step("A deadline that has passed already")
        let past = await client.read()
        stage.found("past", .span(past.took))
        stage.found("past error", .text(past.code))

        await stage.step("SO_RCVTIMEO, kept by the kernel, on a thread that blocks")
        let number = client.number
        let place = stage.begin(.client, "SO_RCVTIMEO \(Quantity.duration(limit)), blocking recv(512)")
        let start = Deadline.now
        let error = try? await Netpoller.offload { () -> Errno? in
            do throws(Errno) {
                _ = try BlockingCalls.receive(number, upTo: 512, timeout: limit)
                return nil
            } catch {
                return error
            }
        }
        stage.found("option", .span(.now - start))
        let name = (error ?? nil)?.name ?? "nil"
        stage.finish(place, name, failed: true)
        stage.found("option error", .text(name))
    }
}
