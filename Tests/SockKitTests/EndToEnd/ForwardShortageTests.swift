import Glibc
import Testing

/// What becomes of senders of datagrams where there are not sockets enough for all of them.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardShortageTests {
    @Test func `out of descriptors, who has been silent for longest gives way to who is new`() async throws {
        let target = try unboundPort()
        let forward = try start(
            "/bin/sh",
            [
                "-c", #"ulimit -n 40; exec "$0" forward -u --json 127.0.0.1:0 127.0.0.1:"$1""#,
                try #require(Binary.sockctl), "\(target)",
            ])
        let script = """
            s = bound(target); clients = [client() for _ in range(60)]
            for c in clients: c.send(b"hello")
            new, limit, data = client(), time.monotonic() + 30, b""
            while data != b"new" and time.monotonic() < limit:
                new.send(b"new")
                if select.select([s], [], [], 0.05)[0]: data, peer = s.recvfrom(9)
            s.sendto(b"answer", peer); say(new.recv(9))
            """
        let peer = try await python(ForwardDatagramTests.peers + script, forward.listening().port, target)
        try await peer.finish().expect(lines: ["b'answer'"])
        let outcome = try await forward.finish(after: SIGINT)
        outcome.expect(status: 0)
        let events = try outcome.events()
        #expect(events.count { $0.name == "failed" && $0.description.contains("gives way") } == 1, "\(outcome)")
        // Whoever was never served is no sender.
        let summary = try #require(events.last { $0.name == "summary" })
        #expect(summary["senders"]?.integer == events.count { $0.name == "joined" }, "\(outcome)")
    }
}
