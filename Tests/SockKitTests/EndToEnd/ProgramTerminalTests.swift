import Glibc
import Testing

/// Programs on a terminal of their own.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ProgramTerminalTests {
    private func talk(_ line: String, _ script: String) async throws -> (client: Outcome, server: Outcome) {
        let server = try sockctl("listen", "127.0.0.1:0", "--pty", "-c", line)
        let client = try await python("c = dial(arguments[0])\n" + script, server.listening().port)
        return (try await client.finish(), try await server.finish())
    }

    @Test func `all three streams are a terminal that controls the program, of the usual size`() async throws {
        let (client, server) = try await talk(
            "test -t 0 && test -t 1 && test -t 2 && : </dev/tty && stty size >&2; exit 4", "say(drain(c))")
        client.expect(lines: [#"b'24 80\r\n'"#])
        server.expect(status: 4)
    }

    @Test(arguments: [#"b"word\n""#, #"b"word""#])
    func `the peer's end is the end of what is typed`(sent: String) async throws {
        let (client, server) = try await talk(
            "stty -echo; echo ready; cat; echo over",
            "c.recv(100); c.sendall(\(sent)); c.shutdown(socket.SHUT_WR); say(drain(c).split())")
        client.expect(lines: [sent.contains("\\n") ? "[b'word', b'over']" : "[b'wordover']"])
        server.expect(status: 0)
    }

    @Test func `a program that takes the end for a key is hung up`() async throws {
        let (client, server) = try await talk(
            "stty raw -echo; echo ready; exec cat",
            "c.recv(100); c.sendall(b'word'); c.shutdown(socket.SHUT_WR); say(drain(c))")
        client.expect(lines: [#"b'word\x04'"#])
        server.expect(status: 129)
    }

    @Test func `a program that has closed its terminal is left to end`() async throws {
        let (client, server) = try await talk(
            "stty -echo; echo ready; cat; exec <&- >&- 2>&-; sleep 0.3; exit 7",
            "c.recv(100); c.sendall(b'word\\n'); c.shutdown(socket.SHUT_WR); say(drain(c))")
        client.expect(lines: [#"b'word\r\n'"#])
        server.expect(status: 7)
    }

    @Test func `a job that is left behind does not keep the peer`() async throws {
        let (client, server) = try await talk("sleep 50 & echo over; exit 3", "say(drain(c))")
        client.expect(lines: [#"b'over\r\n'"#])
        server.expect(status: 3)
        #expect(client.elapsed < .seconds(40) && server.elapsed < .seconds(40))
    }

    @Test func `keys are signals there`() async throws {
        let (client, server) = try await talk(
            "trap 'echo caught; exit 5' INT; stty -echo; echo ready; while :; do sleep 0.05; done",
            "c.recv(100); c.sendall(bytes([3])); say(drain(c))")
        client.expect(lines: [#"b'caught\r\n'"#])
        server.expect(status: 5)
    }

    @Test func `a peer that is gone hangs the terminal up`() async throws {
        let server = try sockctl("listen", "-k", "--json", "127.0.0.1:0", "--pty", "-c", "echo ready; exec sleep 100")
        let script = """
            c = dial(arguments[0]); c.recv(7)
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()
            """
        try await python(script, server.listening().port).finish().expect(status: 0)
        #expect(try await server.waitForEvent("exited")["signal"]?.string == "SIGHUP")
    }

    @Test func `the terminal has the size of ours, and follows it`() async throws {
        let script = """
            import pty
            os.environ["NO_COLOR"] = "1"
            pid, terminal = pty.fork()
            if pid == 0: os.execv(arguments[0], [arguments[0], "listen", "127.0.0.1:0", "--pty", "-c",
                "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done"])
            def resize(rows, columns): fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            resize(30, 100)
            text = b""
            while b"listening" not in text or not text.endswith(b"\\n"): text += os.read(terminal, 1000)
            c = dial(text.split(b"127.0.0.1:")[1].split()[0].rstrip(b","))
            say(c.recv(100)); resize(40, 120); say(c.recv(100))
            """
        let outcome = try await python(script, try #require(Binary.sockctl)).finish()
        outcome.expect(lines: [#"b'30 100\r\n'"#, #"b'40 120\r\n'"#])
    }
}
