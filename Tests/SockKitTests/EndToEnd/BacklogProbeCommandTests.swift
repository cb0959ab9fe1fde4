import Foundation
import Glibc
import Testing

@Suite(.endToEnd, .needsSockctl) struct BacklogProbeCommandTests {
    private func summary(_ outcome: Outcome) throws -> Event {
        let events = try Event.all(in: outcome.out)
        let last = try #require(events.last)
        try #require(last.name == "summary", "\(outcome)")
        return last
    }

    /// Runs a probe in a network of its own, with these settings.
    private func alone(_ settings: [String: Int], _ arguments: String...) async throws -> Outcome {
        let written = settings.map { "echo \($0.value) >/proc/sys/net/\($0.key); " }.joined()
        let process = try via(
            .unshare, "-rn", "sh", "-c", "ip link set lo up; \(written)exec \"$@\"", "-",
            run: ["backlog-probe"] + arguments)
        return try await process.finish()
    }

    @Test func `without arguments it ends by itself, and says all on standard output`() async throws {
        let outcome = try await sockctl("backlog-probe").finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.out.contains(/listening on 127\.0\.0\.1:\d+ with a backlog of 128/))
        #expect(outcome.out.contains("dials 1 to 129: connected at once"))
        #expect(
            outcome.out.contains("dial 130 has to wait; the kernel says: 129 wait in the queue, its limit is 128: full")
        )
        #expect(outcome.out.contains(/\ndial.* no answer, (its SYN|their SYNs) sent again/.dotMatchesNewlines()))
        #expect(outcome.out.contains(/timed out after 3\.0\d s/))
        // A pipe gets a paragraph as one line.
        #expect(outcome.lines.last?.contains("Of the others, 3 met silence") == true)
        #expect(outcome.elapsed > .seconds(3))
        // Without a terminal there is no plot.
        #expect(!outcome.out.contains("┤"))
    }

    @Test func `the summary has the fields that scripts know, in every case`() async throws {
        let names = [
            "backlog_requested", "queue_limit", "somaxconn", "capacity_predicted", "dialled", "connected", "timed_out",
            "refused", "would_block", "accepted", "queue_length", "listen_overflows", "listen_drops", "elapsed",
        ]
        let tcp = try await sockctl("backlog-probe", "-J", "--backlog", "2", "--timeout", "60ms").finish()
        let unix = try await sockctl("backlog-probe", "-J", "--network", "unix", "--backlog", "2").finish()
        for outcome in [tcp, unix] {
            outcome.expectQuietErrors(status: 0)
            let summary = try summary(outcome)
            #expect(Set(try #require(summary.json.object).keys) == Set(names + ["event", "time"]))
            #expect(summary["connected"]?.integer == 3)
            #expect(summary["queue_length"]?.integer == 3)
            #expect(summary["queue_limit"]?.integer == 2)
        }
        #expect(try summary(unix)["would_block"]?.integer == 3)
        #expect(try summary(unix)["listen_overflows"] == .null)
        let dials = try Event.all(in: tcp.out).filter { $0.name == "dial" }
        #expect(dials.map { $0["index"]?.integer } == [1, 2, 3, 4, 5, 6])
        #expect(
            dials.map { $0["outcome"]?.string } == Array(repeating: "connected", count: 3)
                + Array(repeating: "timed-out", count: 3))
        #expect(dials.allSatisfy { $0["seconds"]?.number != nil && $0["syn_retransmits"]?.integer == 0 })
        #expect(try Event.all(in: tcp.out).first?["backlog"]?.integer == 2)
    }

    @Test(.needsOwnNetwork, arguments: [(0, 1), (1, 2), (3, 4), (5, 4), (128, 4)])
    func `somaxconn cuts the queue, and every SYN that met it full is counted once`(
        backlog: Int, capacity: Int
    ) async throws {
        let outcome = try await alone(
            ["core/somaxconn": 3], "-J", "--backlog", "\(backlog)", "--timeout", "1300ms")
        outcome.expectQuietErrors(status: 0)
        let summary = try summary(outcome)
        #expect(summary["connected"]?.integer == capacity)
        #expect(summary["capacity_predicted"]?.integer == capacity)
        #expect(summary["queue_length"]?.integer == capacity)
        #expect(summary["somaxconn"]?.integer == 3)
        let waiting = try Event.all(in: outcome.out).filter {
            $0.name == "dial" && $0["outcome"]?.string == "timed-out"
        }
        let syns = waiting.reduce(0) { $0 + 1 + ($1["syn_retransmits"]?.integer ?? 0) }
        #expect(waiting.count == 3)
        #expect(syns >= 6)
        #expect(summary["listen_overflows"]?.integer == syns)
        #expect(summary["listen_drops"]?.integer == syns)
        let told = try Event.all(in: outcome.out).filter { $0.name == "syn-retransmitted" }
        #expect(told.count == syns - 3)
        #expect(told.allSatisfy { $0["connection"]?.integer ?? 0 > capacity })
    }

    @Test(.needsOwnNetwork, arguments: ["ipv4/tcp_max_syn_backlog", "ipv4/tcp_abort_on_overflow"])
    func `what is said to matter does not`(setting: String) async throws {
        let outcome = try await alone([setting: 1], "-J", "--backlog", "5", "--timeout", "150ms")
        outcome.expectQuietErrors(status: 0)
        let summary = try summary(outcome)
        #expect(summary["connected"]?.integer == 6)
        #expect(summary["timed_out"]?.integer == 3)
        #expect(summary["refused"]?.integer == 0)
    }

    @Test func `with accepts each dial that waits gets in on the grid of SYNs, and is told why`() async throws {
        let arguments = [
            "backlog-probe", "--backlog", "1", "--dials", "4", "--accept-every", "900ms", "--timeout", "20s",
        ]
        let text = try sockctl(arguments)
        let json = try await sockctl(arguments + ["-J"]).finish()
        json.expectQuietErrors(status: 0)
        let events = try Event.all(in: json.out)
        let late = events.filter { $0.name == "dial" && $0["index"]?.integer ?? 0 > 2 }
        #expect(late.count == 2)
        for dial in late {
            let seconds = try #require(dial["seconds"]?.number)
            // SYNs go at 1.02, 2.05, 3.07 s and so on, each a little late on a machine that is busy.
            let step = seconds.truncatingRemainder(dividingBy: 1.024)
            #expect(seconds > 0.98 && (step < 0.5 || step > 0.98), "\(dial)")
        }
        #expect(events.filter { $0.name == "accepted" }.count == (try summary(json)["accepted"]?.integer))
        let told = try await text.finish()
        told.expectQuietErrors(status: 0)
        #expect(told.out.contains(/connected after \d\.\d\d s, when (its SYN|their SYNs) came again.* that made room/))
    }

    @Test func `a server of another program is probed, and its queue is seen`() async throws {
        let peer = try python("s = serve(backlog=3)\nhold()")
        let address = "127.0.0.1:\(try await peer.port())"
        let outcome = try await sockctl("backlog-probe", "--timeout", "100ms", address).finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.out.contains("dialling \(address), 7 times; 0 wait in its queue now, its limit is 3"))
        #expect(outcome.lines.joined(separator: " ").contains("Of 7 dials, 4 got in at once"))
    }

    @Test(.needs(.python3)) func `of a name's addresses the one where somebody listens is probed`() async throws {
        let peer = try python("s = serve(backlog=3)\nhold()")
        let port = try await peer.port()
        let outcome = try await sockctl(
            "backlog-probe", "-J", "--timeout", "100ms", "--resolve", "a.test=::1,127.0.0.1", "a.test:\(port)"
        ).finish()
        outcome.expectQuietErrors(status: 0)
        let dials = try Event.all(in: outcome.out).filter { $0.name == "dial" }
        #expect(dials.count == 7 && dials.allSatisfy { $0["remote"]?.string == "127.0.0.1:\(port)" }, "\(outcome)")
        #expect(try summary(outcome)["capacity_predicted"]?.integer == 4)
    }

    @Test(.needsOwnNetwork, .needs(.python3))
    func `an address that may be bound to is not for that one of this machine`() async throws {
        let script = """
            import subprocess
            for line in ("ip link set lo up", "ip addr add 10.0.0.1/32 dev lo",
                         "ip route add 192.0.2.0/24 dev lo src 10.0.0.1",
                         "echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind"):
                subprocess.run(line, shell=True, check=True)
            s = serve("0.0.0.0")
            words = ["backlog-probe", "--dials", "1", "--timeout", "100ms", "192.0.2.1:%d" % s.getsockname()[1]]
            say(subprocess.run([arguments[0]] + words, stdout=subprocess.DEVNULL).returncode)
            """
        let outcome = try await start(
            .unshare, "-rn", #require(Tool.python3.path), "-c", PythonPeer.prelude + script, #require(Binary.sockctl)
        ).finish()
        outcome.expect(lines: ["75"], after: 1)
    }

    @Test func `a Unix dial that waits goes on waiting when the probe was stopped and goes on`() async throws {
        let process = try sockctl(
            "backlog-probe", "-J", "--network", "unix", "--backlog", "0", "--dials", "2", "--accept-every", "2s",
            "--timeout", "60s")
        try await process.waitForOutput("\"waiting\"")
        // Another thread waits in connect(2).
        let pid = process.pid
        try await eventually("thread that waits") {
            let threads = names(in: "/proc/\(pid)/task").compactMap { pid_t($0) }
            let waits = threads.contains { $0 != pid && processState(of: $0) == "S" }
            return waits ? () : nil
        }
        try await process.pause()
        process.signal(SIGCONT)
        let outcome = try await process.finish()
        outcome.expectQuietErrors(status: 0)
        let dials = try Event.all(in: outcome.out).filter { $0.name == "dial" }
        #expect(dials.map { $0["outcome"]?.string } == ["connected", "connected"], "\(outcome)")
    }

    @Test func `a listener that closes resets its clients, and the report says so`() async throws {
        let outcome = try await sockctl("backlog-probe", "--backlog", "5", "--dials", "6", "--then", "close").finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.out.contains("dials 1 to 6: connection reset by peer"))
        let json = try await sockctl("backlog-probe", "-J", "--backlog", "1", "--dials", "2", "--then", "close")
            .finish()
        let closed = try Event.all(in: json.out).filter { $0.name == "closed" }
        #expect(closed.map { $0["by"]?.string } == ["reset", "reset"])
    }

    @Test func `accepted Unix clients that had waited stand when the listener closes`() async throws {
        let outcome = try await sockctl(
            "backlog-probe", "--network", "unix", "--backlog", "0", "--dials", "3", "--accept-every", "50ms", "--then",
            "close"
        ).finish(within: patience)
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.lines.joined(separator: " ").contains("The listener closed with"))
    }

    @Test func `a picture stays when the probe that was to replace it fails`() async throws {
        let path = try scratch("old.svg")
        let new = try scratch("new.svg")
        try Data("old".utf8).write(to: URL(filePath: path))
        let address = "127.0.0.1:\(try refusingPort())"
        try await sockctl("backlog-probe", "--svg", path, address).finish().expect(status: 69)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        let outcome = try await sockctl("backlog-probe", "--svg", new, address).finish()
        outcome.expect(status: 69)
        // It has not claimed to dial before it knew that nobody listens.
        outcome.expect(out: "")
        #expect(!FileManager.default.fileExists(atPath: new))
    }

    @Test func `with -v every dial has its line`() async throws {
        let outcome = try await sockctl("backlog-probe", "-v", "--network", "unix", "--backlog", "2").finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.lines.filter { $0.contains(/dial \d: connected at once, in/) }.count == 3)
        #expect(outcome.lines.filter { $0.contains(/dial \d: refused at once with EAGAIN/) }.count == 3)
    }

    @Test func `quiet says nothing, and its status is the same`() async throws {
        let outcome = try await sockctl("backlog-probe", "--quiet", "--network", "unix").finish()
        outcome.expectQuietErrors(status: 0)
        outcome.expect(out: "")
    }

    @Test(.needs(.python3)) func `the plot is drawn, and the picture is an SVG with its parameters`() async throws {
        let path = try scratch("queue.svg")
        let outcome = try await sockctl(
            "backlog-probe", "--plot", "--svg", path, "--backlog", "9", "--timeout", "60ms"
        ).finish()
        outcome.expectQuietErrors(status: 0)
        #expect(outcome.out.contains("room for 10"))
        #expect(outcome.out.contains("connected at once"))
        let script = """
            root = __import__("xml.etree.ElementTree").etree.ElementTree.parse(arguments[0]).getroot()
            say(root.get("viewBox"))
            say([e.text for e in root.iter() if e.tag.endswith("}desc")][0])
            """
        let read = try await python(script, path).finish()
        #expect(read.lines.first == "0 0 1280 720")
        #expect(read.lines.last?.hasPrefix("backlog 9, somaxconn ") == true)
    }

    @Test func `interrupted, it tells what it had found`() async throws {
        let process = try sockctl("backlog-probe", "--timeout", "none", "--backlog", "2")
        try await process.waitForLine(containing: "has to wait", on: .out)
        let outcome = try await process.finish(after: 2)
        outcome.expectQuietErrors(status: 130)
        #expect(outcome.lines.joined(separator: " ").contains("Interrupted"))
    }

    @Test func `an address that refuses is named`() async throws {
        let outcome = try await sockctl("backlog-probe", "127.0.0.1:\(try refusingPort())").finish()
        outcome.expect(status: 69)
        #expect(outcome.err.contains("connect: connection refused"), "\(outcome)")
    }

    @Test(arguments: [
        (["--dials", "1000000000"], 71, "open descriptors"),
        (["--accept-every", "1s", "127.0.0.1:1"], 64, "'--accept-every' is for a listener of the probe's own"),
        (["--backlog", "5", "127.0.0.1:1"], 64, "'--backlog' is for a listener of the probe's own"),
        (["--then", "close", "127.0.0.1:1"], 64, "'--then' is for a listener of the probe's own"),
        (["--network", "udp"], 64, "udp has no queue of connections"), (["--dials", "0"], 64, "'--dials'"),
        (["--backlog", "-1"], 64, "'--backlog'"),
        (["--never-accept", "--accept-every", "1s"], 64, "exclude each other"),
        (["--svg", "/nowhere/at/all.svg"], 73, "open /nowhere/at/all.svg: no such file or directory"),
        (["--plot", "--json"], 64, "exclude each other"),
        (["--resolve", "a=::1"], 64, "has no use without an address"),
        (["unix:/nowhere/at/all.sock"], 69, "no such file or directory"),
    ])
    func `what cannot be done is refused with the reason`(arguments: [String], status: Int32, reason: String)
        async throws
    {
        let outcome = try await sockctl(["backlog-probe"] + arguments).finish()
        outcome.expect(status: status)
        #expect(outcome.err.contains(reason), "\(outcome)")
    }
}
