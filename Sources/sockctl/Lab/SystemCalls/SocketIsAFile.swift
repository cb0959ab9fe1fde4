import SockKit

/// A connection is a number in the table of open files.
enum SocketIsAFile: Experiment {
    static let title = "A connection is a file descriptor, and read and write work on it"
    static let covers = [97]
    static let documents = [SourceDocument.sockets, .internals]
    static let claim = """
        In Linux everything is a file. A socket is a file descriptor as well, and with it and the number of a system call one \
        can read and write.
        """
    static let question =
        "What does the kernel show behind a connection's descriptor, and do the calls for files work on it?"

    static let expectations = [
        Expectation(
            says: "A socket is a file descriptor.",
            here:
                "descriptor {number} of this process leads to {link}; in /proc/net/tcp that inode stands in the line of port {port}",
            why: """
                A descriptor is an index into the process's table of open files (proc(5)). What it leads to has no name in \
                any folder, only a kind and an inode number: that is how ss and lsof find a socket's program.
                """,
            holds: .equal("link", to: "expected link"), .isTrue("listed"), .equal("kind", "a socket")),
        Expectation(
            says: "It is read and written like any other file.",
            here:
                "write(2) on the client's descriptor wrote {written}, and read(2) on the server's gave \u{201c}{text}\u{201d}",
            why: """
                On a socket write(2) is send(2) and read(2) is recv(2), both without flags. That is why cat can be given a \
                socket as its standard input. A file position, though, a socket has not: lseek said {seek}.
                """,
            holds: .equal("written", 5), .equal("text", "hello"), .equal("seek", "ESPIPE")),
    ]

    static let commands = """
        1$ sockctl listen --trace --serve time --max-accepts 1 3000
        accept4(6, 127.0.0.1:58410, SOCK_NONBLOCK|SOCK_CLOEXEC) = 7  22 µs
        send(7, 20 bytes) = 20                                      45 µs
        close(7) = 0                                                19 µs
        ...
        2$ sockctl dial 3000
        2026-11-28 17:11:17
        """

    static let lesson = """
        Sockets share the table of descriptors with files, pipes and terminals, and with it the limit (ulimit -n), inheritance, \
        and close. Only what has a position and a name in a folder is different.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let (mine, theirs) = (client.number, server.number)

        await stage.step("What the kernel shows behind the descriptor")
        let link = (try? PlainCalls.linkTarget(of: mine)) ?? ""
        try stage.require(!link.isEmpty, else: "/proc/self/fd is needed, and cannot be read")
        let identity = try? FileCalls.identity(of: mine)
        let inode = "\(identity?.inode ?? 0)"
        stage.kernel.says("\(mine) -> \(link)", source: "/proc/self/fd")
        stage.found("number", .number(Int(mine)))
        stage.found("link", .text(link))
        stage.found("expected link", .text("socket:[\(inode)]"))
        stage.found("kind", .text(identity?.kind == .socket ? "a socket" : "something else"))
        let port = client.connection.localEndpoint.port ?? 0
        stage.found("port", .number(Int(port)))
        let isListed = isListed(inode, port)
        stage.kernel.says("inode \(inode): local port \(port)", source: "/proc/net/tcp")
        stage.found("listed", .flag(isListed))

        await stage.step("The calls for files")
        let hello = Array("hello".utf8)
        let written = stage.client.system("write(\(mine), \"hello\")", result: { "\($0)" }) { () throws(Errno) in
            try Self.write(mine, hello)
        }
        if case .success(let count) = written { stage.found("written", .number(count)) }
        await stage.kernel.holds(5, for: server)
        let read = stage.server.system("read(\(theirs), 512)", result: { Reading.quoted($0) }) { () throws(Errno) in
            try FileCalls.readBlocking(theirs, upTo: 512)
        }
        if case .success(let bytes) = read { stage.found("text", .text(String(decoding: bytes, as: UTF8.self))) }
        let seek = stage.client.system("lseek(\(mine), 0)") { () throws(Errno) in try FileCalls.seek(mine, to: 0) }
        stage.found("seek", .text(seek.code))
    }

    private static func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) -> Int {
        let outcome = try unsafe bytes.span.withUnsafeBytes { all throws(Errno) in
            try unsafe TransferCalls.write(descriptor, all)
        }
        guard case .done(let count) = outcome else { throw .wouldBlock }
        return count
    }

    /// Whether the kernel's list of TCP sockets has this inode in a line of that local port.
    private static func isListed(_ inode: String, _ port: UInt16) -> Bool {
        let digits = String(port, radix: 16, uppercase: true)
        let ending = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        let table = (try? FileCalls.contents(of: "/proc/net/tcp")) ?? ""
        return table.split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.count > 9 && words[1].hasSuffix(ending) && words[9] == inode
        }
    }
}
