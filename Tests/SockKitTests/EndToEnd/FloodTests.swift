import Glibc
import Testing

/// A frame beyond the limit costs no memory, whatever a peer sends or promises.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct FloodTests {
    /// Sends `arguments[1]` as its head and then up to 100 MB, and tells how that ended and whether it got far.
    private static let flooder = """
        c = dial(arguments[0])
        sent = 0
        try:
            c.sendall(bytes.fromhex(arguments[1]))
            while sent < 100_000_000: sent += c.send(b"x" * 65536)
            say("all sent", drain(c))
        except OSError as error: say(type(error).__name__, sent < 100_000_000)
        """

    @Test(arguments: [
        (["--serve", "echo", "--frame", "line", "--max-frame", "256"], "78", "longer than the limit of 256 bytes"),
        (
            ["--serve", "discard", "--frame", "delim:--", "--max-frame", "256"], "2d",
            "longer than the limit of 256 bytes"
        ),
        (
            ["--serve", "echo", "--frame", "length:4"], "ffffffff",
            "a length of 4294967295, beyond the limit of 1048576 bytes"
        ),
        (
            ["-k", "--frame", "length:8"], "7fffffffffffffff",
            "a length of 9223372036854775807, beyond the limit of 1048576 bytes"
        ),
        (
            ["--serve", "frames"], "ffffffff",
            "packet 1 at byte 0 has a length of 4294967295, beyond the limit of 1048576 bytes"
        ),
    ])
    func `a flood is refused at the limit, its sender reset, and the memory stays flat`(
        options: [String], head: String, error: String
    ) async throws {
        let server = try sockctl(["listen"] + options + ["127.0.0.1:0"], input: .open)
        let port = try await server.listening().port
        // The first one brings what any connection needs.
        for round in 0..<3 {
            let before = try residentKilobytes(of: server.pid)
            // Closed with unread bytes it is a reset at once; had the last been read, an end and then a broken pipe.
            let told = try await python(Self.flooder, port, head).finish().lines
            #expect([["ConnectionResetError True"], ["BrokenPipeError True"]].contains(told), "\(told)")
            let grown = try residentKilobytes(of: server.pid) - before
            #expect(grown < 8 << 10, "round \(round): \(grown) KiB more")
        }
        let outcome = try await server.finish(after: SIGTERM)
        #expect(outcome.err.contains(error), "\(outcome)")
    }

    @Test func `a pipe's listener refuses a flood with 65`() async throws {
        let server = try sockctl("listen", "--frame", "line", "--max-frame", "256", "127.0.0.1:0")
        let port = try await server.listening().port
        let told = try await python(Self.flooder, port, "78").finish().lines
        #expect([["ConnectionResetError True"], ["BrokenPipeError True"]].contains(told), "\(told)")
        try await server.finish().expect(status: 65)
    }
}

/// The largest resident memory that a process ever had, VmHWM in proc_pid_status(5).
func residentKilobytes(of pid: pid_t) throws -> Int {
    let status = try String(decoding: contents(of: "/proc/\(pid)/status"), as: UTF8.self)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(Int(line.filter(\.isNumber)))
}
