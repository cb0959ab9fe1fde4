import Glibc
import Testing

/// What goes through a proxy's tunnels, and how they end.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ProxyTunnelTests {
    /// SOCKS in Python.
    static let helpers = """
        def place(host, port, kind=1):
            if kind == 1: return b"\\x01" + socket.inet_aton(host) + struct.pack(">H", port)
            if kind == 4: return b"\\x04" + socket.inet_pton(socket.AF_INET6, host) + struct.pack(">H", port)
            return b"\\x03" + bytes([len(host)]) + host.encode() + struct.pack(">H", port)

        def request(command, host, port, kind=1): return b"\\x05" + bytes([command]) + b"\\x00" + place(host, port, kind)

        def exactly(c, count):
            parts = b""
            while len(parts) < count:
                part = c.recv(count - len(parts))
                if not part: raise EOFError(parts)
                parts += part
            return parts

        def reply(c):
            head = exactly(c, 4)
            size = {1: 4, 4: 16}[head[3]]
            rest = exactly(c, size + 2)
            family = socket.AF_INET if size == 4 else socket.AF_INET6
            return head[1], socket.inet_ntop(family, rest[:size]), struct.unpack(">H", rest[size:])[0]

        def socks5(near, command, host, port, kind=1):
            c = dial(near)
            c.sendall(b"\\x05\\x01\\x00" + request(command, host, port, kind))
            if exactly(c, 2) != b"\\x05\\x00": raise OSError
            return c

        """

    private func proxy(_ options: String...) throws -> ChildProcess {
        try sockctl(["listen", "--serve", "proxy", "--json", "127.0.0.1:0"] + options)
    }

    /// The ways to ask for a tunnel, in one segment with the first bytes and the end behind them.
    private static let asking = """
        def ask(way, port):
            if way == "socks4": return b"\\x04\\x01" + struct.pack(">H", port) + b"\\x7f\\0\\0\\1me\\0", 8
            if way == "socks4a": return b"\\x04\\x01" + struct.pack(">H", port) + b"\\0\\0\\0\\1\\0localhost\\0", 8
            if way == "socks5": return b"\\x05\\x01\\x00" + request(1, "127.0.0.1", port), 12
            return b"CONNECT 127.0.0.1:%d HTTP/1.0\\r\\n\\r\\n" % port, 39

        """

    @Test(arguments: ["socks4", "socks4a", "socks5", "connect"])
    func `a banner comes whole to a client that ended before it came, 200 times of 200`(way: String) async throws {
        let proxy = try proxy()
        let script =
            Self.helpers + Self.asking + """
                import threading
                server = serve()
                banner = b"220 " + b"x" * 5000 + b"\\r\\n"
                def answer():
                    while True:
                        c, _ = server.accept()
                        early = drain(c); c.sendall(banner + early); c.close()
                threading.Thread(target=answer, daemon=True).start()
                near = int(sys.stdin.readline())
                asked, size = ask(arguments[0], server.getsockname()[1])
                whole = 0
                for _ in range(200):
                    c = dial(near)
                    c.sendall(asked + b"early"); c.shutdown(socket.SHUT_WR)
                    whole += drain(c)[size:] == banner + b"early"
                    c.close()
                say(whole)
                """
        let client = try python(script, [way], input: .text("\(try await proxy.listening().port)\n"))
        _ = try await client.port()
        try await client.finish().expect(lines: ["200"], after: 1)
    }

    @Test func `a server's reset reaches the client as one, and a client's reset the server`() async throws {
        let proxy = try proxy()
        let script =
            Self.helpers + """
                server = serve()
                near = int(sys.stdin.readline())
                c = socks5(near, 1, "127.0.0.1", server.getsockname()[1]); reply(c)
                far, _ = server.accept()
                far.sendall(b"last"); taken(far); c.recv(4, socket.MSG_WAITALL); reset(far)
                try: say(drain(c))
                except ConnectionResetError: say("reset")
                c = socks5(near, 1, "127.0.0.1", server.getsockname()[1]); reply(c)
                far, _ = server.accept()
                c.sendall(b"first"); exactly(far, 5); reset(c)
                try: say(drain(far))
                except ConnectionResetError: say("reset")
                """
        let client = try python(script, [], input: .text("\(try await proxy.listening().port)\n"))
        try await client.finish().expect(lines: ["reset", "reset"], after: 1)
    }

    @Test(arguments: ["", "\u{4}\u{1}", "\u{5}\u{1}\u{0}\u{5}", "CONNECT a:1 HTTP/1.1\r\nHost"])
    func `a handshake that does not come to its end is over after ten seconds`(said: String) async throws {
        let proxy = try proxy()
        let script = """
            c = dial(arguments[0]); c.sendall(bytes.fromhex(arguments[1])); start = time.monotonic()
            drain(c); span = time.monotonic() - start
            say(9.9 <= span < 40)
            """
        let hex = said.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try await python(script, [String(try await proxy.listening().port), hex]).finish().expect(lines: ["True"])
        let failed = try await proxy.waitForEvent("failed")
        #expect(failed["error"]?["code"]?.string == "timeout" && failed["connection"]?.number == 1)
    }

    @Test func `BIND answers twice, and only the one who was named is let through`() async throws {
        let proxy = try proxy()
        let script =
            Self.helpers + """
                near = int(arguments[0])
                for named in ["127.0.0.2", "0.0.0.0"]:
                    c = socks5(near, 2, named, 0)
                    first = reply(c)
                    if named == "127.0.0.2":
                        stranger = dial(first[2], first[1], source_address=("127.0.0.3", 0))
                        say(stranger.recv(1))
                    peer = dial(first[2], first[1], source_address=("127.0.0.2", 0))
                    second = reply(c)
                    say(first[0], second[0], second[1], second[2] == peer.getsockname()[1])
                    peer.sendall(b"data"); peer.shutdown(socket.SHUT_WR)
                    c.sendall(b"back"); c.shutdown(socket.SHUT_WR)
                    say(drain(c), drain(peer))
                c = dial(near); c.sendall(b"\\x04\\x02\\0\\0\\0\\0\\0\\0\\0")
                first = exactly(c, 8); peer = dial(struct.unpack(">H", first[2:4])[0], "127.0.0.1")
                say(first[1], exactly(c, 8)[1])
                """
        try await python(script, proxy.listening().port).finish().expect(lines: [
            "b''", "0 0 127.0.0.2 True", "b'data' b'back'", "0 0 127.0.0.2 True", "b'data' b'back'", "90 90",
        ])
        #expect(try await proxy.waitForEvent("peer-refused")["reason"]?.string?.contains("waits for another") == true)
    }

    @Test func `datagrams go both ways as long as the connection lasts, and nobody else's do`() async throws {
        let proxy = try proxy("--target-deny", "127.0.0.9")
        let script =
            Self.helpers + """
                near = int(arguments[0])
                c = socks5(near, 3, "0.0.0.0", 0)
                code, host, port = reply(c)
                def udp(host="127.0.0.1"):
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((host, 0)); s.settimeout(30); return s
                us, server, other, stranger = udp(), udp(), udp(), udp("127.0.0.5")
                far = server.getsockname()[1]
                def send(s, payload, host="127.0.0.1", to=far, fragment=0, kind=1):
                    s.sendto(b"\\0\\0" + bytes([fragment]) + place(host, to, kind) + payload, (host_of_proxy, port))
                host_of_proxy = host
                send(stranger, b"stranger"); send(us, b"piece", fragment=1); send(us, b"denied", host="127.0.0.9")
                us.sendto(b"rubbish", (host, port)); send(us, b"named", host="localhost", kind=3); send(us, b"hello")
                got = [server.recvfrom(100) for _ in range(2)]
                say([payload for payload, _ in got])
                proxied = got[0][1]
                other.sendto(b"not asked", proxied); server.sendto(b"answer", proxied)
                answer, _ = us.recvfrom(100)
                say(code, answer == b"\\0\\0\\0" + place("127.0.0.1", far) + b"answer")
                send(udp(), b"another port"); send(us, b""); say(server.recv(100))
                send(us, b"x" * 60000); say(len(server.recv(65536)))
                c.close()
                def gone():
                    return not any(int(row.split()[1].split(":")[1], 16) == port for row in list(open("/proc/net/udp"))[1:])
                until(gone); say("gone")
                """
        let outcome = try await python(script, proxy.listening().port).finish()
        outcome.expect(lines: ["[b'named', b'hello']", "0 True", "b''", "60000", "gone"])
        let refused = try await proxy.waitForEvent("peer-refused")
        #expect(refused["reason"]?.string?.contains("destination 127.0.0.9:") == true)
    }

    @Test func `a server that is told to finish does, tunnels and all`() async throws {
        let proxy = try proxy()
        let echo = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let script =
            Self.helpers + """
                c = socks5(int(arguments[0]), 1, "127.0.0.1", int(arguments[1])); reply(c)
                c.sendall(b"x"); say(c.recv(1)); say(drain(c))
                """
        let client = try await python(script, proxy.listening().port, echo.listening().port)
        try await client.waitForOutput("b'x'")
        try await proxy.finish(after: SIGTERM).expect(status: 0)
        _ = try await client.finish()
    }
}
