import Glibc
import Testing

/// Slow, small and few: how a connection is read and written on purpose.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct PaceTests {
    @Test(arguments: Side.allCases)
    func `short reads show: 15 bytes in a buffer of 10 are 10 and 5`(side: Side) async throws {
        let pair = try await join(
            side, "--read-size", "10", "--first-read-delay", "200ms", "--json", peer: "c.sendall(b'0123456789ABCDE')")
        let outcome = try await pair.program.finish()
        outcome.expect(out: "0123456789ABCDE")
        let reads = try outcome.events().filter { $0.name == "read" }
        #expect(reads.map { $0["bytes"]?.integer } == [10, 5] && reads.map { $0["total"]?.integer } == [10, 15])
    }

    @Test(arguments: Side.allCases)
    func `reads are as far apart as asked for`(side: Side) async throws {
        let pair = try await join(
            side, "--read-size", "1", "--read-delay", "60ms", peer: "c.sendall(b'abcd')")
        let outcome = try await pair.program.finish()
        outcome.expect(out: "abcd")
        // Three bytes after the first, and the end after the fourth.
        #expect(outcome.elapsed >= .milliseconds(240))
    }

    @Test(arguments: Side.allCases)
    func `writes are as small and as far apart as asked for`(side: Side) async throws {
        let pair = try await join(
            side, "--write-size", "3", "--write-delay", "250ms", input: .bytes(Array("abcdefgh".utf8)),
            peer: "while b := c.recv(100): say(b)")
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: ["b'abc'", "b'def'", "b'gh'"])
    }

    @Test(arguments: Side.allCases)
    func `lines are as far apart as asked for`(side: Side) async throws {
        let pair = try await join(
            side, "--delay", "250ms", input: .bytes(Array("one\ntwo\nthree".utf8)),
            peer: "while b := c.recv(100): say(b)")
        try await pair.program.finish().expect(status: 0)
        try await pair.expect(told: [#"b'one\n'"#, #"b'two\n'"#, "b'three'"])
    }

    @Test(arguments: Side.allCases)
    func `a rate holds for what is sent`(side: Side) async throws {
        let pair = try await join(
            side, "--rate", "100K", input: .bytes(noise(30_000)), peer: "t = time.monotonic(); say(len(drain(c)))")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        #expect(outcome.elapsed >= .milliseconds(230))
        try await pair.expect(told: ["30000"])
    }

    @Test(arguments: Side.allCases)
    func `a rate holds for what is received`(side: Side) async throws {
        let pair = try await join(side, "--rate", "100K", peer: "c.sendall(bytes(30000))")
        let outcome = try await pair.program.finish()
        #expect(outcome.bytes.count == 30000)
        #expect(outcome.elapsed >= .milliseconds(230))
    }

    @Test(arguments: [
        ["--rate", "200K"], ["--read-delay", "20ms", "--write-size", "5000", "--write-delay", "15ms"],
    ])
    func `slowness of both directions at once holds up neither`(options: [String]) async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let bytes = noise(30_000)
        let address = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl(["dial"] + options + [address], input: .bytes(bytes)).finish()
        outcome.expect(status: 0)
        #expect(outcome.bytes == bytes)
    }

    @Test(arguments: Side.allCases)
    func `a peer that sends too much is cut off at the limit and sees a reset`(side: Side) async throws {
        let pair = try await join(
            side, "--max-bytes", "1000", input: .open,
            peer: """
                try:
                    while True: c.sendall(bytes(100000))
                except OSError as error: say(error.strerror)
                """)
        let outcome = try await pair.program.finish()
        outcome.expect(status: 65)
        #expect(outcome.bytes.count == 1000)
        #expect(outcome.err.contains("the peer sent more than 1000 bytes"), "\(outcome)")
        try await pair.expect(told: ["Connection reset by peer"])
    }

    /// Nothing is left that would make the kernel's close a reset.
    @Test(arguments: Side.allCases)
    func `who sends a single byte too much sees a reset as well`(side: Side) async throws {
        let pair = try await join(
            side, "--max-bytes", "1000", input: .open,
            peer: """
                c.sendall(bytes(1001))
                try: say(c.recv(1))
                except OSError as error: say(error.strerror)
                """)
        let outcome = try await pair.program.finish()
        outcome.expect(status: 65)
        #expect(outcome.bytes.count == 1000)
        try await pair.expect(told: ["Connection reset by peer"])
    }

    @Test func `a message beyond the limit is given as far as it is within, and is the last`() async throws {
        let path = try scratch("socket")
        let receiver = try sockctl("listen", "--max-bytes", "10", "unixpacket:\(path)", input: .empty)
        try await receiver.waitForLine(containing: "listening")
        let sender = try sockctl("dial", "unixpacket:\(path)", input: .bytes(Array("0123456789abc".utf8)))
        let outcome = try await receiver.finish()
        outcome.expect(status: 65)
        outcome.expect(out: "0123456789")
        #expect(outcome.err.contains("a message of 13 bytes was cut to 10"), "\(outcome)")
        #expect(outcome.err.contains("the peer sent more than 10 bytes"), "\(outcome)")
        _ = try await sender.finish()
    }

    @Test func `as much as the limit is no error`() async throws {
        let pair = try await join(.listen, "--max-bytes", "5", peer: "c.sendall(b'12345')")
        let outcome = try await pair.program.finish()
        outcome.expect(status: 0)
        outcome.expect(out: "12345")
    }

    @Test(arguments: ["echo", "discard", "chargen"])
    func `a flood ends one connection of a server, and the others stay`(service: String) async throws {
        let server = try sockctl("listen", "--serve", service, "--max-bytes", "1K", "127.0.0.1:0")
        let script = """
            quiet_one = dial(arguments[0])
            c = dial(arguments[0])
            try:
                while True: c.sendall(bytes(4096)); arguments[1] == "discard" or c.recv(1) or c.sendall(b"x")
            except OSError: say("cut off")
            quiet_one.sendall(b"x"); say(arguments[1] == "discard" or len(quiet_one.recv(1)))
            """
        let client = try await python(script, server.listening().port, service)
        try await client.finish().expect(lines: ["cut off", service == "discard" ? "True" : "1"])
        let outcome = try await server.finish(after: SIGTERM)
        outcome.expect(status: 0)
        #expect(outcome.err.contains("the peer sent more than 1024 bytes"), "\(outcome)")
    }

    @Test func `a server that accepts late has its peers wait connected`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "--accept-delay", "300ms", "--json", "127.0.0.1:0")
        let port = try await server.listening().port
        let script = """
            both = [dial(arguments[0]), dial(arguments[0])]
            for c in both: c.sendall(b"hi")
            for c in both: say(c.recv(10))
            """
        try await python(script, port).finish().expect(lines: ["b'hi'", "b'hi'"])
        let events = try await server.finish(after: SIGTERM).events()
        let moments = events.filter { ["listening", "accepted"].contains($0.name) }.compactMap { $0["elapsed"]?.number }
        #expect(moments.count == 3)
        #expect(zip(moments, moments.dropFirst()).allSatisfy { $1 - $0 >= 0.3 }, "\(moments)")
    }

    @Test(.needs(.nc)) func `a server that never accepts leaves dials that succeed and bytes that wait`() async throws {
        let server = try sockctl("listen", "-k", "-v", "--no-accept", "127.0.0.1:0")
        let port = try await server.listening().port
        let script = "c = dial(arguments[0]); c.sendall(b'hello'); say('sent'); hold()"
        let client = try python(script, port)
        try await client.waitForLine(containing: "sent", on: .out)
        let outcome = try await server.finish(after: SIGINT)
        outcome.expect(status: 0)
        #expect(!outcome.err.contains("accepted"), "\(outcome)")
        #expect(outcome.err.contains("1 peer waited in the queue"), "\(outcome)")
    }

    @Test(arguments: [
        (["listen", "--no-read", "--read-delay", "1s"], "never reads"),
        (["listen", "--no-read", "--read-timeout", "1s"], "never reads"),
        (["dial", "--deadline", "1s", "--read-timeout", "1s", "x:1"], "exclude each other"),
        (["dial", "--keep-going", "1", "x:1"], "give '--read-timeout' or '--deadline'"),
        (["listen", "--goodbye", "x"], "give '--idle-timeout'"),
        (["listen", "--no-accept", "-w", "1"], "accepts none"), (["listen", "--no-accept", "-i", "1"], "accepts none"),
        (["listen", "--no-read", "-o", "x"], "never reads"), (["listen", "-U", "x", "--close", "reset"], "no meaning"),
        (["listen", "-i", "1", "--goodbye", "x", "--close", "reset"], "a last word"),
        (["listen", "--close", "hold", "--close-after", "1"], "exclude each other"),
        (["listen", "--frame", "length:1", "--max-frame", "300"], "no more than 255"),
        (["dial", "--user-timeout", "900us", "x:1"], "whole milliseconds"),
        (["dial", "--retry", "1", "--retry-delay", "none", "x:1"], "and this is none"),
        (["listen", "--serve", "time", "--read-size", "1"], "never reads"),
        (["listen", "--serve", "echo", "--delay", "1s"], "leaves alone"),
        (["dial", "--recv-only", "--write-size", "1", "x:1"], "never reads it"),
        (["dial", "-u", "--read-timeout", "1s", "x:1"], "has no meaning for udp"),
        (["listen", "--no-read", "--frame", "line"], "reads nothing"),
        (["dial", "--submit", "--heartbeat", "1s", "x:1"], "no packet"),
        (["dial", "--submit", "--send", "a", "x:1"], "exclude each other"),
        (["dial", "--submit", "--delay", "1s", "x:1"], "waits between two lines of input"),
        (["dial", "--frame", "line", "--reconnect", "x:1"], "whole messages"),
        (["dial", "--send", "a", "--rate", "1K", "x:1"], "would spoil"),
        (["listen", "--readers", "2", "--frame", "line"], "puts them together again"),
    ])
    func `what makes no sense together is refused with the reason`(words: [String], reason: String) async throws {
        let outcome = try await sockctl(words).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(reason), "\(outcome)")
    }
}
