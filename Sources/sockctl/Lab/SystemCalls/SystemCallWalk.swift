import SockKit

/// The system calls of a conversation, from the first to the last.
enum SystemCallWalk: Experiment {
    static let title = "A server is socket, bind, listen, accept; a client is socket, connect"
    static let covers = [93]
    static let documents = [SourceDocument.server, .processes, .internals]
    static let claim = """
        A server calls socket, bind, listen, accept, then read and write, and close. A client calls socket, connect, then write \
        and read. Every language's network library ends in these calls.
        """
    static let question =
        "A client sends a line and a server answers it. Which system calls were made, and in which order?"

    private static let server = ["socket", "bind", "listen", "accept4", "recv", "send", "close"]
    private static let client = ["socket", "connect", "send", "recv", "close"]

    static let expectations = [
        Expectation(
            says: "The server: socket, bind, listen, accept, read, write, close.",
            here: "the server's calls were {server}",
            why: """
                accept4 is accept(2) with flags for the new socket. recv and send are read(2) and write(2) with flags: \
                MSG_NOSIGNAL keeps a write to a closed connection from killing the program with SIGPIPE.
                """,
            holds: .equal("server", .list(server))),
        Expectation(
            says: "The client: socket, connect, write, read.",
            here: "the client's calls were {client}",
            why: "A client needs no bind: connect(2) chooses the local address and a free port.",
            holds: .equal("client", .list(client))),
        Expectation(
            here: "connect said {connect}, and {asked}",
            why: """
                The socket is non-blocking, so connect(2) starts the handshake and returns EINPROGRESS. When the socket \
                becomes writable, getsockopt(SO_ERROR) says how it went (connect(2)).
                """,
            holds: .one("connect", of: ["EINPROGRESS", "0"]), .isTrue("asked or done")),
        Expectation(
            here: "the client sent {request:byte} into a buffer of 255, and the answer was \u{201c}{answer}\u{201d}",
            why:
                "Around these calls everything else is convenience: names, deadlines, waiting, errors with addresses in them.",
            holds: .equal("request", 13), .equal("answer", "I got your message")),
    ]

    static let commands = """
        1$ sockctl listen --trace --backlog 5 --serve echo --max-accepts 1 3000
        socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 6  20 µs
        bind(6, 127.0.0.1:3000) = 0                                 17 µs
        listen(6, 5) = 0                                            4 µs
        accept4(6, 127.0.0.1:58410, SOCK_NONBLOCK|SOCK_CLOEXEC) = 7  22 µs
        recv(7, 65536 bytes) = 13                                   8 µs
        send(7, 13 bytes) = 13                                      45 µs
        close(7) = 0                                                19 µs
        ...
        2$ printf 'hello, server' | sockctl dial --trace 3000
        socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 8  13 µs
        connect(8, 127.0.0.1:3000) = -1 EINPROGRESS                 97 µs
        shutdown(8, SHUT_WR) = 0                                    15 µs
        close(8) = 0                                                10 µs
        ...
        """

    static let lesson = """
        Learn these calls once and you can read any program under strace. Everything that Go's net adds stands between them: \
        --trace shows where.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let recorder = stage.recordCalls()
        let quiet = (server: stage.server.quiet, client: stage.client.quiet)
        await stage.step("The server listens")
        let listener = try await quiet.server.listen(backlog: 5)
        let listening = listener.number
        stage.server.show(essential(recorder.calls(of: listening)))

        await stage.step("The client connects, and the server accepts")
        let client = try await quiet.client.dial(listener)
        let mine = client.number
        let dialled = recorder.calls(of: mine)
        stage.client.show(dialled.filter { $0.call != "setsockopt" && $0.call != "epoll_ctl" })
        let connect = dialled.first { $0.call == "connect" }
        let isAsked = dialled.contains { $0.call == "getsockopt" && $0.arguments.contains("SO_ERROR") }
        stage.found("connect", .text(connect?.errno?.name ?? "0"))
        let asked = isAsked ? "the loop then asked SO_ERROR for the outcome" : "there was no outcome to ask for"
        stage.found("asked", .text(asked))
        stage.found("asked or done", .flag(isAsked || connect?.errno == nil))
        let before = recorder.mark
        let server = try await listener.accept()
        let theirs = server.number
        stage.server.show(essential(recorder.calls(of: listening, since: before)))

        await stage.step("The client writes, the server reads and answers, and both close")
        let rest = recorder.mark
        await client.write("hello, server")
        let request = await server.read(255)
        await server.write("I got your message")
        let answer = await client.read(255)
        client.connection.close()
        server.connection.close()
        listener.listener.close()
        let last = recorder.calls(since: rest).filter { ["send", "recv", "close"].contains($0.call) }
        for record in last where record.isAbout(mine) || record.isAbout(theirs) {
            (record.isAbout(mine) ? stage.client : stage.server).show([record])
        }
        stage.found("request", .bytes(request.count))
        stage.found("answer", .text(answer.string))
        stage.found("client", .list(names(recorder.calls(of: mine))))
        let both = recorder.calls().filter { $0.isAbout(listening) && $0.call != "close" || $0.isAbout(theirs) }
        stage.found("server", .list(names(both)))
    }

    /// Without options, and without those that came back empty-handed.
    private static func essential(_ calls: [SystemCallRecord]) -> [SystemCallRecord] {
        calls.filter { (server + client).contains($0.call) && $0.errno != .wouldBlock }
    }

    /// The names in their order, each once.
    private static func names(_ calls: [SystemCallRecord]) -> [String] {
        essential(calls).map(\.call).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
