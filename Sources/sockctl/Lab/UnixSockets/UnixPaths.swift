import SockKit

/// The names of Unix sockets, and what can be wrong with them.
enum UnixPaths: Experiment {
    static let title = "A Unix socket's name is a file that outlives its socket"
    static let covers = [91]
    static let claim = "They say nothing of the names of Unix sockets, except that there are three networks of them."
    static let question =
        "What does a dial meet where there is no file, a file without a listener, and a socket of another type?"

    static let expectations = [
        Expectation(
            here:
                "a path that does not exist gave {missing}; one whose listener is gone gave {stale}; one of another type {wrong type}",
            why: """
                bind(2) makes a file of the type socket, and close(2) does not remove it. connect(2) finds the file, and \
                looks whether a socket of the same type listens behind it.
                """,
            holds: .equal("missing", "ENOENT"), .equal("stale", "ECONNREFUSED"), .equal("wrong type", "EPROTOTYPE")),
        Expectation(
            here: "to bind at the stale file gave {bind again}; after the file was removed {bind after removal}",
            why: """
                There is no SO_REUSEADDR for files: whoever binds must remove a stale one first (unlink(2)). Go's \
                UnixListener removes its file when it closes, and a killed program cannot.
                """,
            holds: .equal("bind again", "EADDRINUSE"), .equal("bind after removal", "ok")),
        Expectation(
            here: "a path of {longest} bytes was taken ({long}), one of a byte more was refused",
            why: """
                sun_path has 108 bytes, of which one is kept for the zero byte at the end. A longer path is refused before \
                the kernel is asked.
                """,
            holds: .equal("long", "ok"), .equal("longest", 107), .equal("too long", "usage")),
        Expectation(
            here:
                "an abstract name, without a file, was listened at and dialled ({abstract}); once closed it was gone: {abstract gone}",
            why: """
                A name that begins with a zero byte, written here with @, lives in the kernel only (unix(7); macOS has none). \
                It disappears with its socket, and it has no permissions.
                """,
            holds: .equal("abstract", "ok"), .equal("abstract gone", "ECONNREFUSED")),
    ]

    static let commands = """
        1$ sockctl dial unix:/tmp/lab-nobody
        sockctl: dial unix /tmp/lab-nobody: connect: no such file or directory
        hint: there is nothing at that path; start a listener with: sockctl listen unix:/tmp/lab-nobody
        1$ echo $?
        69
        1$ sockctl dial unix:@lab-nobody
        sockctl: dial unix @lab-nobody: connect: connection refused
        ...
        1$ echo $?
        69
        1$ sockctl dial unix:/tmp/$(printf %0108d 0)
        ...
        1$ echo $?
        64
        """

    static let lesson = """
        ECONNREFUSED at a path means that the file is there and nobody listens behind it: mostly its server has ended without \
        removing it. A server removes a stale file before it binds, but only after it has seen that nobody listens there.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let path = stage.socketPath
        await stage.step("A dial to a path without a file")
        stage.found("missing", .text(try await dial(stage, .unix, path)))

        await stage.step("A socket is bound there and closed; its file stays")
        let first = bind(path, stage)
        stage.found("first bind", .text(first))
        try stage.require(first == "ok", else: "no Unix socket can be bound in /tmp: \(first)")
        stage.found("stale", .text(try await dial(stage, .unix, path)))
        stage.found("bind again", .text(bind(path, stage)))
        stage.server.system("unlink(\(path))") { () throws(Errno) in try FileCalls.remove(ByteString(path)) }
        stage.found("bind after removal", .text(bind(path, stage)))

        await stage.step("A stream listens, and a client wants packets")
        let listener = try await stage.server.listen(.unix, stage.socketPath)
        stage.found("wrong type", .text(try await dial(stage, .unixpacket, "\(listener.endpoint)")))

        await stage.step("Long paths")
        let folder = stage.socketPath
        let longest = folder + String(repeating: "x", count: 107 - folder.utf8.count)
        stage.atEnd { try? FileCalls.remove(ByteString(longest)) }
        let quiet = stage.server.quiet
        let long = try await stage.failure { () async throws(Interruption) in try await quiet.listen(.unix, longest) }
        let tooLong = try await stage.failure { () async throws(Interruption) in
            try await quiet.listen(.unix, longest + "x")
        }
        stage.server.note("listen at a path of 107 bytes: \(long.code); of 108: refused")
        stage.found("longest", .number(longest.utf8.count))
        stage.found("long", .text(long.code))
        stage.found("too long", .text(tooLong.code))

        await stage.step("A name outside the file system")
        let hidden = try await stage.server.listen(.unix, stage.abstractName)
        stage.found("abstract", .text(try await dial(stage, .unix, "\(hidden.endpoint)")))
        hidden.close()
        stage.found("abstract gone", .text(try await dial(stage, .unix, "\(hidden.endpoint)")))
    }

    @Netpoller
    private static func dial(
        _ stage: Stage, _ network: Network, _ address: String
    ) async throws(Interruption) -> String {
        try await stage.failure { () async throws(Interruption) in try await stage.client.dial(network, address) }.code
    }

    /// Binds a socket to a path and closes it again, by system calls alone.
    @Netpoller
    private static func bind(_ path: String, _ stage: Stage) -> String {
        stage.server.system("socket, bind(\(path)), close") { () throws(Errno) in
            let socket = try SocketCalls.socket(.unix, .stream)
            try SocketCalls.bind(socket.rawValue, to: .unix(.path(ByteString(path))), family: .unix)
        }.code
    }
}
