import Glibc
import Testing

/// `--linger`: a close that waits for what the peer has not taken.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct LingerTests {
    @Test func `a close that waits for a peer who does not read keeps nobody else waiting`() async throws {
        let server = try sockctl(
            "listen", "-k", "--json", "-v", "--linger", "600", "--serve", "chargen", "--close-after", "1s",
            "127.0.0.1:0")
        let peers = try await python(
            """
            first = dial(arguments[0]); sys.stdin.readline()
            second = dial(arguments[0]); say(len(second.recv(1))); sys.stdin.readline()
            reset(first); reset(second)
            """, [String(server.listening().port)], input: .open)
        try await server.waitForEvent("closed")
        peers.send("closed\n")
        try await peers.waitForLine(containing: "1", on: .out)
        // Both are still waited for; a reset is an end as well.
        server.signal(SIGTERM)
        try await server.waitForEvent("stopping")
        peers.send("now\n")
        try await server.finish().expect(status: 0)
    }

    @Test func `the program ends when what it sent has arrived`() async throws {
        let peer = try python(
            """
            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            s.bind(("127.0.0.1", 0)); s.listen(); say(s.getsockname()[1])
            c = take(s); sys.stdin.readline(); say(len(drain(c)))
            """, input: .open)
        let path = try scratch("input")
        try writeFile(path, noise(200_000))
        let dialer = try sockctl(
            ["dial", "--json", "-v", "--linger", "600", "-O", "1M", "-q", "0", "127.0.0.1:\(try await peer.port())"],
            input: .file(path))
        try await dialer.waitForEvent("closed")
        await #expect(throws: Overdue.self) {
            try await dialer.wait(for: "end", within: .milliseconds(300)) { $0.status }
        }
        peer.send("now\n")
        try await dialer.finish().expect(status: 0)
        try await peer.finish().expect(lines: ["200000"], after: 1)
    }
}
