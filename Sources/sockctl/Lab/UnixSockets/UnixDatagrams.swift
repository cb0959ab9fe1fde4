import SockKit

/// Unix datagrams wait where UDP's would be dropped.
enum UnixDatagrams: Experiment {
    static let title = "A Unix datagram is never dropped: a full queue makes the sender wait"
    static let covers = [89]
    static let documents = [SourceDocument.processes]
    static let claim = """
        The network "unixgram" stands for sockets inside one machine with the type SOCK_DGRAM: messages with boundaries and \
        without a connection. Datagrams, the document says of that type, are not reliable.
        """
    static let question = "Nobody reads from a Unix datagram socket. What happens to those who send?"

    static let expectations = [
        Expectation(
            says: "Messages have boundaries.",
            here: "two sends were received as {messages}; a sender without a name of its own is {sender}",
            why: """
                As with UDP, a receive takes one message. But a Unix socket has an address only if it was bound to one: \
                a sender that was not cannot be answered.
                """,
            holds: .equal("messages", ["\u{201c}one\u{201d}", "\u{201c}three\u{201d}"]), .equal("sender", "(unnamed)")),
        Expectation(
            says: "A transport of the type SOCK_DGRAM is not reliable.",
            here: """
                {queued} datagrams went into the queue, then a send met {full}; one that was ready to wait ended when the \
                server read, and {received} of {total} were received
                """,
            why: """
                The queue holds net.unix.max_dgram_qlen ({limit}) and one more. A sender that may wait is put to sleep until \
                there is room: within one machine nothing has to be lost (unix(7)).
                """, document: .wrongOnLinux,
            holds: .equal("queued", to: "capacity"), .equal("full", "EAGAIN"), .equal("received", to: "total")),
        Expectation(
            here:
                "while the queue was full, poll called the unconnected sender writable: {open writable}; a connected one: {connected writable}",
            why: """
                An unconnected socket has no receiver whose queue poll(2) could look at, so POLLOUT stays set and a program \
                that trusts it spins. A connected one waits properly.
                """,
            holds: .isTrue("open writable"), .isFalse("connected writable")),
        Expectation(
            here:
                "the longest message had {longest} bytes, 32 less than the send buffer: {fits}; one byte more met {too long}",
            why: "A message is one piece of memory charged to the sender's buffer, of which the kernel keeps 32 bytes.",
            holds: .equal("fits", "ok"), .equal("too long", "EMSGSIZE")),
    ]

    static let commands = """
        1$ sockctl udp-recv -v --separator '\\n' --count 2 unix:/tmp/lab-unixgram
        from an unnamed socket, 3 bytes, at 17:10:20.817953
        one
        from an unnamed socket, 5 bytes, at 17:10:20.817991
        three
        ...
        2$ sockctl udp-send unix:/tmp/lab-unixgram one three
        sent        2
        ...
        """

    static let lesson = """
        Whether datagrams are reliable is a matter of the family, not of the type: AF_UNIX keeps every one and makes the \
        sender wait, UDP drops. Do not wait for POLLOUT on an unconnected Unix datagram socket.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let setting = "/proc/sys/net/unix/max_dgram_qlen"
        let text = (try? FileCalls.contents(of: setting)) ?? ""
        let limit = Int(text.prefix { !$0.isWhitespace }) ?? 0
        try stage.require(limit > 0 && limit < 5000, else: "net.unix.max_dgram_qlen cannot be read, or is beyond 5000")
        stage.found("limit", .number(limit))
        stage.found("capacity", .number(limit + 1))
        let server = try await stage.server.bind(.unixgram, stage.abstractName)
        try await boundaries(stage, server)
        try await fill(stage, server)
        try await longest(stage, server)
    }

    @Netpoller
    private static func boundaries(_ stage: Stage, _ server: LabSocket) async throws(Interruption) {
        await stage.step("A sender without a name sends two datagrams")
        let sender = try await self.sender(stage)
        await sender.send("one", to: server.endpoint)
        await sender.send("three", to: server.endpoint)
        let (one, first, _) = await server.receive(100)
        let (_, second, _) = await server.receive(100)
        let texts = [first, second].map { "\u{201c}\(String(decoding: $0, as: UTF8.self))\u{201d}" }
        stage.found("messages", .list(texts))
        stage.found("sender", .text(one.map { "\($0.source)" } ?? ""))
    }

    @Netpoller
    private static func fill(_ stage: Stage, _ server: LabSocket) async throws(Interruption) {
        await stage.step("Nobody reads, and datagrams are sent until one does not go")
        var (queued, full) = (0, Errno?.none)
        var current = try await sender(stage, quiet: true)
        // How many of them are this sender's: what is full may be its own buffer, and not the server's queue.
        var own = 0
        while queued < 6000 {
            full = current.sendNow([UInt8(ascii: "x")], to: server.endpoint)
            if full == nil {
                queued += 1
                own += 1
            } else if own > 0 {
                current = try await sender(stage, quiet: true)
                own = 0
            } else {
                break
            }
        }
        stage.client.note("\(queued) sends succeeded, send \(queued + 1) met \(full?.name ?? "nothing")")
        stage.found("queued", .number(queued))
        stage.found("full", .text(full?.name ?? "nothing"))
        let open = try await sender(stage, quiet: true)
        let connected = try await sender(stage, to: server.endpoint)
        stage.found("open writable", .flag(isWritable(open, "the unconnected sender", stage)))
        stage.found("connected writable", .flag(isWritable(connected, "the connected sender", stage)))

        await stage.step("One more sends and is ready to wait; then the server reads")
        let waiting = LabSocket(open.socket, of: stage.client)
        let going = stage.go { await waiting.send("last", to: server.endpoint) }
        await stage.pause(.milliseconds(30))
        let quiet = LabSocket(server.socket, of: server.party.quiet)
        server.socket.readDeadline = .now + .seconds(5)
        var received = 0
        while received < queued + 1, await quiet.receive(100).datagram != nil { received += 1 }
        stage.server.note("\(received) datagrams received")
        _ = await going.value
        stage.found("total", .number(queued + 1))
        stage.found("received", .number(received))
    }

    @Netpoller
    private static func longest(_ stage: Stage, _ server: LabSocket) async throws(Interruption) {
        await stage.step("The longest message")
        let sender = try await self.sender(stage)
        let buffer = sender.socket.bufferSizes?.send ?? 0
        stage.kernel.says("the sender's buffer has \(buffer) bytes", source: "SO_SNDBUF")
        stage.found("longest", .bytes(buffer - 32))
        let fits = sender.sendNow([UInt8](repeating: 120, count: buffer - 32), to: server.endpoint)
        stage.found("fits", .text(fits?.name ?? "ok"))
        let longer = sender.sendNow([UInt8](repeating: 120, count: buffer - 31), to: server.endpoint)
        stage.found("too long", .text(longer?.name ?? "ok"))
    }

    /// A socket that was not bound, connected to one receiver or to none.
    @Netpoller
    private static func sender(
        _ stage: Stage, to remote: Endpoint? = nil, quiet: Bool = false
    ) async throws(Interruption) -> LabSocket {
        do throws(NetworkError) {
            let remotes = [remote ?? .unix(.unnamed)]
            let socket = try DatagramConfiguration().open(.unixgram, to: remotes, connected: remote != nil)
            stage.atEnd { socket.close() }
            return LabSocket(socket, of: quiet ? stage.client.quiet : stage.client)
        } catch {
            throw .failure(error)
        }
    }

    @Netpoller
    private static func isWritable(_ socket: LabSocket, _ name: String, _ stage: Stage) -> Bool {
        let isWritable = UnwatchedCalls.isWritable(socket.number)
        stage.kernel.says("\(name) is \(isWritable ? "" : "not ")writable", source: "poll, POLLOUT")
        return isWritable
    }
}
