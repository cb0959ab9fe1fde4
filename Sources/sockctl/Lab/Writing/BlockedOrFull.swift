import SockKit

/// Two things that hang, and hang for different reasons.
enum BlockedOrFull: Experiment {
    static let title = "A write that hangs and a dial that hangs: a full buffer and a full queue"
    static let covers = [60]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        Write blocks when the peer does not read and the buffers are full. Dial blocks when the peer does not accept and \
        its queue is full.
        """
    static let question = "Both clients report i/o timeout. How can one tell, from outside, which of the two it is?"

    static let expectations = [
        Expectation(
            says: "Both block, and a deadline ends both with i/o timeout.",
            here: "the write met {write error}, the dial met {dial error}",
            why: "A timeout is this side's patience. It says that something did not happen in time, and not what.",
            holds: .equal("write error", "timeout"), .equal("dial error", "timeout")),
        Expectation(
            here: """
                the connection of the write is in {state}, with {sending} bytes in its send queue and {receiving} unread \
                at the peer
                """,
            why: """
                The peer's kernel is there and acknowledges; it has closed its window. ss(8) shows a Send-Q here and a \
                Recv-Q there: the peer's program does not read.
                """,
            holds: .equal("state", "ESTAB"), .atLeast("sending", 1), .atLeast("receiving", 1)),
        Expectation(
            here:
                "the queue of the other listener has {queued} waiting and a limit of {limit}; the kernel dropped {drops:SYN}",
            why: """
                The dial has no connection, only a SYN that nobody answers (SYN-SENT). ss -l shows a Recv-Q above the \
                Send-Q, and ListenOverflows in /proc/net/netstat grows: the peer's program does not accept.
                """,
            holds: .more("queued", than: "limit"), .atLeast("drops", 1)),
    ]

    static let commands = """
        1$ sockctl write-block-probe --sndbuf 65536 --rcvbuf 65536 --write-timeout 200ms
        ...
        bytes in send queue     127629
        bytes in receive queue  127575
        ...
        1$ sockctl backlog-probe --backlog 0 --dials 2 --timeout 200ms
        ...
        queue limit         0
        queue length        1
        timed out           1
        ...
        """

    static let lesson = """
        Where something hangs, look for the queue that is full: bytes in the buffers mean a peer that does not read, \
        connections in the listener's queue one that does not accept.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let options = SocketOptions.buffered(65536)
        let timeout = stage.span(.milliseconds(300), document: .seconds(1))

        await stage.step("A client writes to a server that does not read")
        let reader = try await stage.server.listen(options: options)
        let client = try await stage.client.dial(reader, Dialer(options: options))
        let server = try await reader.accept()
        client.setWriteDeadline(in: timeout)
        let flood = client.flood(server, chunk: 65536)
        stage.found("write error", .text(await flood.outcome.code))
        let queued = await client.settles(await flood.accepted, with: server)
        stage.found("state", .text(stage.kernel.state(client)))
        stage.found("sending", .bytes(queued.sending))
        stage.found("receiving", .bytes(queued.receiving))

        await stage.step("Another dials a server that does not accept")
        // Not 0: without SYN cookies kernels before 6.13 take nobody into such a queue.
        let listener = try await stage.server.listen(backlog: 1)
        for count in 1...2 {
            _ = try await stage.client.dial(listener)
            await stage.kernel.queues(count, on: listener)
        }
        let before = ListenCounters.now?.overflows ?? 0
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(listener, Dialer(timeout: timeout))
        }
        stage.found("dial error", .text(error?.code ?? "connected"))
        let queue = stage.kernel.queue(listener)
        let drops = (ListenCounters.now?.overflows ?? 0) - before
        stage.kernel.says("ListenOverflows grew by \(drops)", source: "/proc/net/netstat")
        stage.found("queued", .number(queue?.length ?? -1))
        stage.found("limit", .number(queue?.limit ?? -1))
        stage.found("drops", .number(drops))
    }
}
