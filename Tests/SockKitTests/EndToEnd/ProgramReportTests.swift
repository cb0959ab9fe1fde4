import Glibc
import Testing

/// What is said of programs, by themselves and by us.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ProgramReportTests {
    private func run(_ options: [String], _ line: String) async throws -> Outcome {
        let server = try sockctl(["listen", "127.0.0.1:0"] + options + ["-c", line])
        try await python("drain(dial(arguments[0]))", server.listening().port).finish().expect(status: 0)
        return try await server.finish()
    }

    @Test func `standard error goes where ours goes`() async throws {
        let outcome = try await run([], "echo oops >&2")
        #expect(outcome.err.split(separator: "\n").last == "oops", "\(outcome)")
    }

    @Test func `with -v each line of it has the connection's number`() async throws {
        let outcome = try await run(["-v"], "printf 'one\\ntwo' >&2")
        let lines = outcome.err.split(separator: "\n")
        #expect(lines.contains("connection 1: one") && lines.contains("connection 1: two"), "\(outcome)")
        #expect(lines.contains { $0.hasPrefix("started /bin/sh -c 'printf ") }, "\(outcome)")
        #expect(lines.contains { $0.contains("ended with status 0 after") }, "\(outcome)")
    }

    @Test func `with --json there is an event for each line, for the start and for the end`() async throws {
        let events = try await run(["--json"], "printf 'a\\377\\nb' >&2; kill -TERM $$").events()
        let started = try #require(events.first { $0.name == "started" })
        #expect(started["command"]?.string == #"/bin/sh -c 'printf '\''a\377\nb'\'' >&2; kill -TERM $$'"#)
        let pid = try #require(started["pid"]?.integer)
        let lines = events.filter { $0.name == "child-error" }
        #expect(lines.map { $0["text"]?.string } == ["a\u{fffd}", "b"])
        #expect(lines.allSatisfy { $0["connection"]?.integer == 1 && $0["pid"]?.integer == pid })
        let exited = try #require(events.first { $0.name == "exited" })
        #expect(exited["signal"]?.string == "SIGTERM" && exited["status"] == nil && exited["pid"]?.integer == pid)
        #expect(try #require(exited["seconds"]?.number) >= 0)
    }

    @Test func `a program that is not found is told with a hint`() async throws {
        let server = try sockctl("listen", "127.0.0.1:0", "-e", "--", "no-such-program-anywhere")
        try await python("drain(dial(arguments[0]))", server.listening().port).finish().expect(status: 0)
        let err = try await server.finish().err
        #expect(err.contains("sockctl: run no-such-program-anywhere: no such file or directory\nhint: no directory of"))
    }

    @Test(arguments: [
        ("-e 3000", "'--exec' takes the words after '--'"), ("3000 -e --", "'--exec' takes the words after '--'"),
        ("3000 -e /bin/cat", "'--exec' takes the words after '--'"),
        ("3000 -c x -e -- y", "'--exec' and '--sh-exec' exclude each other"),
        ("3000 --pty", "'--pty' is about a program"),
        ("3000 --half-open -c x", "'--half-open' is about standard input"),
        ("-u 3000 -c x", "'--sh-exec' joins a connection to a program, and udp has none"),
    ])
    func `what makes no sense with a program is refused`(words: String, message: String) async throws {
        for command in ["listen", "dial"] {
            let outcome = try await sockctl([command] + words.split(separator: " ").map(String.init)).finish()
            outcome.expect(status: 64)
            #expect(outcome.err.contains(message), "\(outcome)")
        }
    }
}
