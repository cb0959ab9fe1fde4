import SockKit

/// A timeout of ours and one of the kernel's, side by side.
enum WhoseTimeout: Experiment {
    static let title = "Two timeouts look alike: ours after the time we gave, the kernel's by its own rules"
    static let covers = [19, 31]
    static let documents = [SourceDocument.basics, .server, .processes]
    static let claim = """
        DialTimeout's limit is relative, begins with the call and covers all of its steps; the error is i/o timeout. \
        Without a limit a dial to a full queue fails after about 75 s on macOS and over 2 minutes on Ubuntu: operation \
        timed out.
        """
    static let question =
        "Three dials to a silent address: with our limit, and with two of the kernel's. Who ends them?"

    static let expectations = [
        Expectation(
            says: "The limit counts from the call, and the error is i/o timeout.",
            here: "ours ended after {ours took} with \"{ours text}\", and the code is {ours}",
            why: """
                A timer of this program ended the wait. The kernel was content to go on, so there is no errno. Time in \
                resolving a name would have counted too.
                """,
            holds: .equal("ours", "timeout"), .about("ours took", "limit")),
        Expectation(
            says: "Without a limit the kernel gives up: operation timed out.",
            here: """
                with TCP_USER_TIMEOUT of {user limit} the kernel ended it after {user took}, with {user}: "{user text}"
                """,
            why: """
                The kernel looks at its limit only when a timer of the SYN fires, the first time after a second \
                (tcp_write_timeout). Its error is a number that connect(2) leaves in SO_ERROR: ETIMEDOUT.
                """,
            holds: .equal("user", "ETIMEDOUT"), .about("user took", "user limit")),
        Expectation(
            says: "Over two minutes on Ubuntu, 75 seconds on macOS.",
            here: "by this kernel's settings it sends {syns} SYNs and gives up after {kernel limit}",
            why: """
                tcp_syn_retries is {retries}, and since Linux 6.5 the first tcp_syn_linear_timeouts repetitions come \
                every second; then each wait is twice the one before. TCP_SYNCNT sets it for one socket: 1 means \
                {one retry}.
                """,
            holds: .more("kernel limit", than: "limit"), .atLeast("kernel limit", .found("one retry")),
            .isTrue("both are timeouts")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 0 --dials 2 --timeout 400ms
        ...
        connected           1
        timed out           1
        ...
        """

    static let lesson = """
        "i/o timeout" was decided by your program, "connection timed out" (ETIMEDOUT) by the kernel. Both answer true \
        to Go's Timeout(), so look at the error itself if you want to know who lost patience.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(300), document: .seconds(1))
        let userLimit = Duration.milliseconds(500)
        let schedule = KernelSettings.now.synSchedule ?? SYNSchedule(retries: 6, linearTimeouts: 0)
        stage.found("limit", .span(limit))
        stage.found("user limit", .span(userLimit))
        stage.found("kernel limit", .span(schedule.timeout))
        stage.found("retries", .number(schedule.retries))
        stage.found("syns", .number(schedule.retransmissions.count + 1))
        stage.found("one retry", .span(SYNSchedule(retries: 1, linearTimeouts: schedule.linearTimeouts).timeout))

        await stage.step("Two clients dial a silent address at the same time, with limits of two kinds")
        let silent = try await stage.server.silence("127.0.0.2")
        var options = SocketOptions()
        options.userTimeout = userLimit
        let ours = dial(stage, "ours", silent, Dialer(timeout: limit))
        let users = dial(stage, "kernel's", silent, Dialer(timeout: .seconds(20), options: options))
        let (first, firstTook) = await ours.value
        stage.found("ours", .text(first?.code ?? "connected"))
        stage.found("ours took", .span(firstTook))
        stage.found("ours text", .text(first.map { "\($0)" } ?? ""))
        let (second, secondTook) = await users.value
        stage.found("user", .text(second?.code ?? "connected"))
        stage.found("user took", .span(secondTook))
        stage.found("user text", .text(second.map { "\($0)" } ?? ""))
        stage.found("both are timeouts", .flag(first?.isTimeout == true && second?.isTimeout == true))
        if stage.settings.isSlow { try await oneRetry(stage, silent) }
        stage.kernel.inferred(
            "without any limit: ETIMEDOUT after \(Quantity.duration(schedule.timeout)), by tcp_syn_retries")
    }

    @Netpoller
    private static func dial(
        _ stage: Stage, _ name: String, _ silent: SilentPlace, _ dialer: Dialer
    ) -> Going<(NetworkError?, Duration)> {
        let client = stage.another(.client, name)
        return stage.go {
            let start = Deadline.now
            let error = try? await stage.failure { () async throws(Interruption) in
                try await client.dial(.tcp, "\(silent.endpoint)", dialer)
            }
            return (error ?? nil, .now - start)
        }
    }

    /// The kernel's own patience, cut to one repetition.
    @Netpoller
    private static func oneRetry(_ stage: Stage, _ silent: SilentPlace) async throws(Interruption) {
        await stage.step("A third client's kernel may send its SYN only once more (TCP_SYNCNT)")
        let dialer = Dialer(control: { socket, _, _ throws(Errno) in
            try SocketOption.synCount.set(1, on: socket.number)
        })
        _ = await dial(stage, "TCP_SYNCNT 1", silent, dialer).value
    }
}
