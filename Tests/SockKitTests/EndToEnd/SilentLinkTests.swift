import Testing

/// Links that fall silent: only probes, unacknowledged data or heartbeats tell.
@Suite(.endToEnd, .needsSockctl, .needsOwnNetwork, .needs(.python3, .sh)) struct SilentLinkTests {
    /// A network of its own whose one address goes away once the connection stands; nobody is told.
    private func behindCut(_ options: [String], sending: String) async throws -> Outcome {
        let script = """
            exec 4>&2 2>/dev/null
            ip link set lo up || exit 99
            "$0" -u -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 3000)); s.listen(); print(1); c = s.accept()[0]
            while c.recv(100): print(2)' >ready &
            server=$!
            until [ -s ready ]; do sleep 0.02; done
            mkfifo input; exec 3<>input
            "$@" <input 2>report & dial=$!
            printf x >&3
            until grep -q 2 ready; do sleep 0.02; done
            # Nothing that was sent to port 3000 is without its acknowledgement.
            until grep -q '0100007F:0BB8 01 00000000:' /proc/net/tcp; do sleep 0.02; done
            ip address del 127.0.0.1/8 dev lo
            printf '%s' "$CUT" >&3
            wait $dial; status=$?
            cat report >&4
            kill $server
            exit $status
            """
        let python = try #require(Tool.python3.path)
        let program = try #require(Binary.sockctl)
        let shell = try start(
            #require(Tool.unshare.path),
            ["-rn", "sh", "-c", "cd \(try Scene.required().directory); " + script, python, program, "dial", "--json"]
                + options + ["127.0.0.1:3000"],
            environment: ["CUT": sending])
        return try await shell.finish()
    }

    @Test func `keep-alive probes notice a silent link, and the time it took is told`() async throws {
        let outcome = try await behindCut(["--keepalive", "1s,1s,1"], sending: "")
        try expectTimeout(outcome, after: 1.5, unacknowledged: 0)
    }

    @Test func `data that nobody acknowledges is given up at --user-timeout`() async throws {
        let outcome = try await behindCut(["--keepalive", "off", "--user-timeout", "500ms"], sending: "lost")
        try expectTimeout(outcome, after: 0.5, unacknowledged: 4)
    }

    @Test func `heartbeats notice a silent link, and are not taken for standard input that may be lost`() async throws {
        let outcome = try await behindCut(
            ["--reconnect", "--retry", "1", "--retry-delay", "1ms", "--heartbeat", "300ms", "--heartbeat-misses", "3"],
            sending: "lost")
        outcome.expect(status: 69)
        let lost = try #require(try outcome.events().first { $0.name == "disconnected" }, "\(outcome)")
        #expect(lost["by"]?.string == "timeout")
        #expect(lost["bytes_at_risk"]?.integer == 4, "\(lost)")
        // How many heartbeats went out before the cut is not known, on a slow machine all of them; each that did after it
        // waits as a whole.
        let heartbeats = try #require(lost["bytes_unacknowledged"]?.integer) - 4
        #expect(heartbeats >= 0 && heartbeats % "hello, server".utf8.count == 0, "\(lost)")
    }

    private func expectTimeout(_ outcome: Outcome, after seconds: Double, unacknowledged: Int) throws {
        outcome.expect(status: 75)
        let events = try outcome.events()
        let closed = try #require(events.first { $0.name == "closed" }, "\(outcome)")
        #expect(closed["by"]?.string == "timeout")
        #expect(closed["bytes_unacknowledged"]?.integer == unacknowledged, "\(closed)")
        #expect(try #require(closed["silence_seconds"]?.number) >= seconds)
        #expect(events.contains { $0.name == "failed" && $0["error"]?["code"]?.string == "ETIMEDOUT" }, "\(outcome)")
    }
}

/// A peer that lives but does not read.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct UserTimeoutTests {
    @Test func `a healthy peer that does not read is given up at --user-timeout too`() async throws {
        let peer = try python("c = take(serve()); hold()")
        let outcome = try await sockctl(
            "dial", "--json", "--user-timeout", "600ms", "127.0.0.1:\(try await peer.port())",
            input: .bytes(noise(20_000_000))
        ).finish()
        outcome.expect(status: 75)
        let events = try outcome.events()
        #expect(events.first { $0.name == "failed" }?["error"]?["code"]?.string == "ETIMEDOUT", "\(outcome)")
        let closed = try #require(events.first { $0.name == "closed" })
        #expect(closed["by"]?.string == "timeout")
        #expect(try #require(closed["bytes_unacknowledged"]?.integer) > 0)
        #expect(try #require(closed["silence_seconds"]?.number) >= 0.6)
    }
}
