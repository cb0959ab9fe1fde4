import Glibc
import Testing

/// Messages that are longer than what a forwarder reads of one, which is 256 KiB.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardLongMessageTests {
    private static let peers = """
        long = bytes(300000)
        def made(kind): return ready(socket.socket(socket.AF_UNIX, kind))
        def ready(s):
            "With room for a long message."
            s.settimeout(60); s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 300000); return s

        """

    @Test func `a datagram that is too long is dropped, counted and told, and the next one arrives`() async throws {
        let (listen, target) = (try scratch("listen"), try scratch("target"))
        let forward = try sockctl(
            "forward", "--json", "--sndbuf", "300000", "unixgram:\(listen)", "unixgram:\(target)")
        try await forward.waitForEvent("listening")
        let script = """
            s = made(socket.SOCK_DGRAM); s.bind(arguments[1])
            c = made(socket.SOCK_DGRAM); c.bind(arguments[2]); c.connect(arguments[0])
            c.send(long); c.send(b"q"); data, peer = s.recvfrom(400000); say(len(data))
            s.sendto(long, peer); s.sendto(b"a", peer); say(len(c.recv(400000)))
            """
        try await python(Self.peers + script, listen, target, try scratch("client")).finish().expect(lines: ["1", "1"])
        let failed = try await forward.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "EMSGSIZE", "\(failed)")
        let outcome = try await forward.finish(after: SIGINT)
        outcome.expect(status: 0)
        let summary = try #require(try outcome.events().last { $0.name == "summary" })
        #expect(summary["dropped"]?.integer == 2, "\(summary)")
    }

    @Test func `a message of the target's that is cut is told, as the client's are`() async throws {
        let path = try scratch("target")
        let forward = try sockctl("forward", "--json", "127.0.0.1:0", "unixpacket:\(path)")
        let script = """
            server = made(socket.SOCK_SEQPACKET); server.bind(arguments[1]); server.listen()
            c = dial(arguments[0]); s = ready(server.accept()[0]); s.send(long); s.close(); say(len(drain(c)))
            """
        try await python(Self.peers + script, forward.listening().port, path).finish().expect(lines: ["262144"])
        let cut = try await forward.waitForEvent("message-cut")
        #expect(cut["bytes"]?.integer == 262_144 && cut["length"]?.integer == 300_000, "\(cut)")
    }
}
