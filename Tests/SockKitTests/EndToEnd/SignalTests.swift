import Glibc
import Testing

/// What signals do besides ending a program in order.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct SignalTests {
    @Test func `while the last reports wait for who reads them a signal ends the program`() async throws {
        let outcome = try await python(
            """
            import subprocess
            r, w = os.pipe()
            os.set_blocking(w, False)
            try:
                while True: os.write(w, bytes(1 << 16))
            except BlockingIOError: os.set_blocking(w, True)
            program = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stderr=w)
            # What could not be written is a thread's work.
            until(lambda: len(os.listdir("/proc/%d/task" % program.pid)) > 1)
            until(lambda: program.poll() is not None or program.send_signal(signal.SIGINT))
            say(program.returncode)
            """, [#require(Binary.sockctl), "dial", "127.0.0.1:\(refusingPort())"]
        ).finish()
        outcome.expect(lines: ["130"])
    }

    @Test func `a signal that ends a program at once leaves no control socket behind`() async throws {
        let path = try scratch("control")
        let target = try python("c = take(serve()); say('joined')\nwhile c.recv(1 << 20): pass")
        let forward = try sockctl(
            "forward", "--json", "--control", "unix:\(path)", "127.0.0.1:0", "127.0.0.1:\(try await target.port())")
        // As long as it pours, the first signal waits for its end.
        let client = try await sockctl(
            "dial", "127.0.0.1:\(forward.listening().port)", input: .file("/dev/zero"))
        try await target.waitForLine(containing: "joined", on: .out)
        forward.signal(SIGTERM)
        try await forward.waitForEvent("stopping")
        #expect(fileStatus(of: path) != nil)
        // Two at once: the first of them has no time to end anything in order.
        try await forward.pause()
        for signal in [SIGINT, SIGTERM, SIGCONT] { forward.signal(signal) }
        let outcome = try await forward.finish()
        #expect([130, 143].contains(outcome.status), "\(outcome)")
        #expect(fileStatus(of: path) == nil)
        _ = try await client.finish()
    }

    // MARK: SIGUSR1

    @Test(arguments: [("-u", "SOCK_DGRAM", "datagram-sent"), ("-v", "SOCK_STREAM", "connected")])
    func `with --json SIGUSR1 writes nothing among the objects`(
        option: String, kind: String, event: String
    ) async throws {
        let peer = try python("s = serve(kind=socket.\(kind)); hold()")
        let dial = try sockctl("dial", option, "--json", "127.0.0.1:\(try await peer.port())", input: .open)
        dial.send("hi\n")
        try await dial.waitForEvent(event)
        dial.signal(SIGUSR1)
        let outcome = try await dial.finish(after: SIGTERM)
        outcome.expect(status: 143)
        #expect(try outcome.events().count { $0.name == event } == 1, "\(outcome)")
    }

    @Test func `SIGUSR1 says how many datagrams have gone each way`() async throws {
        let peer = try python("s = serve(kind=socket.SOCK_DGRAM); s.sendto(b'hello', s.recvfrom(100)[1]); hold()")
        let dial = try sockctl("dial", "-u", "127.0.0.1:\(try await peer.port())", input: .open)
        dial.send("hi\n")
        try await dial.waitForOutput("hello")
        dial.signal(SIGUSR1)
        let line = try await dial.waitForLine(containing: "datagram")
        #expect(line == "1 datagram received, 5 bytes; 1 sent, 3 bytes")
    }

    @Test func `SIGUSR1 makes no second summary of udp-recv`() async throws {
        let server = try sockctl("udp-recv", "--json", "127.0.0.1:0")
        let address = "127.0.0.1:\(try await server.listening().port)"
        try await sockctl("udp-send", address, "x").finish().expect(status: 0)
        try await server.waitForEvent("datagram-received")
        server.signal(SIGUSR1)
        let outcome = try await server.finish(after: SIGTERM)
        #expect(try outcome.events().count { $0.name == "summary" } == 1, "\(outcome)")
    }
}
