import SockKit

/// The accept queue of a Unix socket.
enum FullUnixQueue: Experiment {
    static let title = "A full Unix queue says so at once, and cannot be waited for"
    static let covers = [23]
    static let documents = [SourceDocument.processes]
    static let claim = """
        Unix sockets are dialled like TCP: the document treats them alike and does not speak of a full queue.
        """
    static let question = "A Unix listener has a backlog of 2. How many connect, and what do the others meet?"

    static let expectations = [
        Expectation(
            here: "{unix} connections fitted a queue with a backlog of 2, and {packet} with unixpacket",
            why: "As with TCP, the kernel asks whether the queue is longer than its limit (unix_recvq_full).",
            holds: .equal("unix", 3), .equal("packet", 3)),
        Expectation(
            here: "one more connect(2), non-blocking, met {outcome} at once; poll(2) says of that socket: {writable}",
            why: """
                There is no SYN that could be sent again, so the kernel refuses with EAGAIN instead of EINPROGRESS. \
                Nothing tells when there is room: a poll returns at once, and all that is left is to try again.
                """,
            holds: .equal("outcome", "EAGAIN"), .equal("writable", "ready")),
        Expectation(
            here: "a connect(2) that may block waited {waited}, until the server accepted, and returned {blocking}",
            why: """
                A blocking connect sleeps in the listener's own queue (unix_wait_for_peer) and is woken by accept, at \
                once. TCP has nothing like it: there the next SYN has to find the room.
                """,
            holds: .equal("blocking", "ok"), .about("waited", "pause")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --network unix --backlog 2 --dials 5 --timeout 300ms
        ...
        connected           3
        timed out           0
        refused             0
        would block         2
        ...
        """

    static let lesson = """
        EAGAIN from connect on a Unix socket means a full queue, and not "in progress". Try again after a short pause; \
        waiting for "writable" would spin.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let most = KernelSettings.now.maximumBacklog ?? 4096
        try stage.require(most >= 2, else: "net.core.somaxconn is below 2 here")
        let pause = stage.span(.milliseconds(200), document: .milliseconds(500))
        stage.found("pause", .span(pause))
        await stage.step("A listener with a backlog of 2, and clients with connect(2), non-blocking")
        let listener = try await stage.server.listen(.unix, "@lab-\(Deadline.now.nanoseconds % 1_000_000)", backlog: 2)
        let (count, last, code) = try fill(stage, listener, .stream)
        stage.found("unix", .number(count))
        stage.found("outcome", .text(code))
        stage.kernel.queue(listener)
        let isReady = UnwatchedCalls.isWritable(last.number)
        stage.kernel.says("the last socket is \(isReady ? "ready" : "not ready")", source: "poll(2)")
        stage.found("writable", .text(isReady ? "ready" : "not ready"))
        last.close()

        await stage.step("A connect(2) that may block; then the server accepts")
        try await block(stage, listener, pause)

        await stage.step("The same queue of a unixpacket listener")
        let packets = try await stage.server.listen(
            .unixpacket, "@lab-\(Deadline.now.nanoseconds % 1_000_000)", backlog: 2)
        stage.found("packet", .number(try fill(stage, packets, .sequenced, isTold: false).count))
        stage.kernel.queue(packets)
    }

    /// Connects until that fails; how often it did not.
    @Netpoller
    private static func fill(
        _ stage: Stage, _ listener: LabListener, _ kind: Network.Kind, isTold: Bool = true
    ) throws(Interruption) -> (count: Int, last: LabDescriptor, code: String) {
        var count = 0
        while true {
            let socket = try (isTold ? stage.client : stage.client.quiet).socket(.unix, kind)
            let code = socket.connect(listener.endpoint)
            guard code == "ok", count < 20 else { return (count, socket, code) }
            count += 1
        }
    }

    @Netpoller
    private static func block(
        _ stage: Stage, _ listener: LabListener, _ pause: Duration
    ) async throws(Interruption) {
        let socket = try stage.client.quiet.socket(.unix)
        let (number, endpoint) = (socket.number, listener.endpoint)
        let place = stage.begin(.client, "connect(2), by a thread")
        let start = Deadline.now
        let going = stage.go { () async -> (String, Duration) in
            let code = try? await Netpoller.offload { () -> String in
                do throws(Errno) {
                    try BlockingCalls.connect(number, to: endpoint, family: .unix, timeout: .seconds(10))
                    return "ok"
                } catch {
                    return error.name
                }
            }
            stage.finish(place, code ?? "nothing", failed: code != "ok")
            return (code ?? "nothing", .now - start)
        }
        await stage.pause(pause)
        _ = try await listener.accept()
        let (code, waited) = await going.value
        stage.found("blocking", .text(code))
        stage.found("waited", .span(waited))
    }
}
