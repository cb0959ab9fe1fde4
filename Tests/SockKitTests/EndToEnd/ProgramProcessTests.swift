import Glibc
import Testing

/// Programs as processes: what they are started with, how they are told of the end, and that nothing is left of them.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ProgramProcessTests {
    /// What a program with these words tells a client of `listen -k`, while another client is there.
    private func said(_ words: [String], options: [String] = []) async throws -> String {
        // One that was opened before, and that every program inherits who does not care.
        let server = try start(
            "/bin/sh",
            ["-c", #"exec 9</dev/null; exec "$0" "$@""#, try #require(Binary.sockctl), "listen", "-k", "127.0.0.1:0"]
                + options + words)
        let port = try await server.listening().port
        let other = try python("c = dial(arguments[0]); say('there'); hold()", port)
        _ = try await other.waitForLine(on: .out)
        return try await sockctl("dial", "127.0.0.1:\(port)").finish().out
    }

    @Test func `a program has no descriptor but its three`() async throws {
        // The fourth is the directory that ls(1) reads.
        #expect(try await said(["-e", "--", "ls", "/proc/self/fd"]) == "0\n1\n2\n3\n")
        #expect(try await said(["-c", "exec ls /proc/self/fd"], options: ["-v"]) == "0\n1\n2\n3\n")
    }

    @Test func `a program finds signals as signal(7) says, and none blocked`() async throws {
        let lines = try await said(["-e", "--", "grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"])
        #expect(lines == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test func `a program leads a process group, and is given the limits that sockctl was given`() async throws {
        // They are set just after its start.
        let line = #"""
            test "$(cut -d' ' -f5 /proc/$$/stat)" = $$ && echo leads
            until [ $(ulimit -S -n) = 200 ]; do sleep 0.01; done; ulimit -S -n
            """#
        let server = try start(
            "/bin/sh",
            [
                "-c", #"ulimit -S -n 200; exec "$0" listen 127.0.0.1:0 -c "$1""#,
                try #require(Binary.sockctl), line,
            ])
        let port = try await server.listening().port
        try await sockctl("dial", "127.0.0.1:\(port)").finish().expect(out: "leads\n200\n")
    }

    @Test func `the environment tells of the peer, in three vocabularies`() async throws {
        let server = try start(
            #require(Binary.sockctl), ["listen", "-k", "127.0.0.1:0", "-e", "--", "env"],
            environment: ["TCPREMOTEHOST": "stays", "NCAT_PROTO": "goes", "SOCKCTL_CONNECTION": "goes"])
        let port = try await server.listening().port
        let script = "c = dial(arguments[0]); say(c.getsockname()[1]); say(drain(c).decode())"
        try await python(script, port).finish().expect(status: 0)
        let lines = try await python(script, port).finish().lines
        let own = try #require(lines.first)
        let told = Set(lines)
        for prefix in ["SOCKCTL", "NCAT"] {
            #expect(
                told.isSuperset(of: [
                    "\(prefix)_REMOTE_ADDR=127.0.0.1", "\(prefix)_REMOTE_PORT=\(own)", "\(prefix)_LOCAL_ADDR=127.0.0.1",
                    "\(prefix)_LOCAL_PORT=\(port)", "\(prefix)_PROTO=TCP",
                ]), "\(lines)")
        }
        #expect(
            told.isSuperset(of: [
                "SOCKCTL_CONNECTION=2", "TCPREMOTEIP=127.0.0.1", "TCPREMOTEPORT=\(own)", "TCPLOCALIP=127.0.0.1",
                "TCPLOCALPORT=\(port)", "PROTO=TCP", "TCPREMOTEHOST=stays",
            ]), "\(lines)")
        #expect(lines.count { $0.hasPrefix("NCAT_PROTO=") } == 1)
    }

    @Test func `short programs leave no process and no descriptor behind`() async throws {
        let server = try sockctl("listen", "-k", "127.0.0.1:0", "-e", "--", "true")
        let port = try await server.listening().port
        let script = """
            import threading
            def run():
                for _ in range(125): drain(dial(arguments[0]))
            threads = [threading.Thread(target=run) for _ in range(4)]
            for t in threads: t.start()
            for t in threads: t.join()
            say("done")
            """
        try await python(script, port).finish(within: .seconds(60)).expect(lines: ["done"])
        try await eventually("end of all the programs") {
            try contents(of: "/proc/\(server.pid)/task/\(server.pid)/children").isEmpty ? () : nil
        }
        // What remains is the listener, and what the loop has for itself: a timer too, if one was wanted.
        let own = ["eventpoll", "eventfd", "signalfd", "timerfd"].map { "anon_inode:[\($0)]" }
        try await eventually("end of all but the listener") {
            let others = openFiles(of: server.pid).filter { !own.contains($0) }
            return others.count == 1 && others[0].hasPrefix("socket:") ? () : nil
        }
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test(arguments: [
        ("echo ready; sleep 100", "SIGHUP", 0.0), ("trap '' HUP; echo ready; sleep 100; sleep 100", "SIGKILL", 1.9),
    ])
    func `a program whose peer resets is hung up, and killed if it goes on`(
        line: String, signal: String, least: Double
    ) async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", "-c", line)
        let script = """
            c = dial(arguments[0]); c.recv(6)
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()
            """
        try await python(script, server.listening().port).finish().expect(status: 0)
        let closed = try await server.waitForEvent("closed")
        let exited = try await server.waitForEvent("exited")
        #expect(exited["signal"]?.string == signal)
        let seconds = try #require(exited["elapsed"]?.number) - #require(closed["elapsed"]?.number)
        #expect(seconds >= least)
        // What it has started goes with it.
        try await eventually("end of the group") {
            try #require(exited["pid"]?.integer).isEmptyGroup ? () : nil
        }
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `a reset is noticed after the peer's end too`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", "-c", "cat >/dev/null; echo seen; sleep 100")
        let script = """
            c = dial(arguments[0]); c.shutdown(socket.SHUT_WR); c.recv(5)
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()
            """
        try await python(script, server.listening().port).finish().expect(status: 0)
        #expect(try await server.waitForEvent("exited")["signal"]?.string == "SIGHUP")
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `a program that pours is ended by its peer's going`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", "-c", "exec yes")
        try await python("c = dial(arguments[0]); c.recv(100000); c.close()", server.listening().port)
            .finish().expect(status: 0)
        let signal = try await server.waitForEvent("exited")["signal"]?.string
        #expect(signal == "SIGPIPE" || signal == "SIGHUP")
        try await server.finish(after: SIGTERM).expect(status: 0)
    }

    @Test func `told to finish, a server ends its programs' input and waits for their last words`() async throws {
        let server = try sockctl("listen", "-k", "127.0.0.1:0", "-c", "echo ready; cat; sleep 0.5; echo bye")
        let client = try await sockctl("dial", "127.0.0.1:\(server.listening().port)", input: .open)
        try await client.waitForOutput("ready")
        try await server.finish(after: SIGTERM).expect(status: 0)
        client.closeInput()
        try await client.finish().expect(out: "ready\nbye\n")
    }

    @Test(arguments: Side.allCases)
    func `a signal ends the program with us`(side: Side) async throws {
        let pair = try await join(side, "-c", "echo $$; exec sleep 100", peer: "say(c.recv(100).decode()); drain(c)")
        let lines = { try await pair.peer.wait(for: "number") { $0.outText.split(separator: "\n").dropFirst().first } }
        let pid = try #require(pid_t(try await lines()))
        try await pair.program.finish(after: SIGINT).expect(status: 130)
        #expect(processState(of: pid) == nil)
    }
}

extension Int {
    /// Whether no process is in the group with this number.
    fileprivate var isEmptyGroup: Bool { kill(pid_t(-self), 0) != 0 && errno == ESRCH }
}
