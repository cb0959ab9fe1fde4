import Glibc
import Testing

/// Sockets that `listen` was given: by number, as systemd does, as inetd does.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct GivenSocketTests {
    /// Runs the program with sockets from 3 on, as a service manager does; the words behind the script are its command line.
    private static let activate = """
        def activate(sockets, words, names=None, stdin=None, **env):
            "Starts the program with these sockets as 3, 4 and so on, and LISTEN_PID its own."
            pid = os.fork()
            if pid: return pid
            held = [fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 50) for s in sockets]
            for i, fd in enumerate(held): os.dup2(fd, 3 + i, inheritable=True)
            if stdin is not None:
                for i in range(3 if env.get("ALL") else 1): os.dup2(stdin.fileno(), i, inheritable=True)
            os.closerange(3 + len(sockets), 100)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(sockets)))
            if names: os.environ["LISTEN_FDNAMES"] = names
            os.execv(words[0], words)

        def status(pid): return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

        program = arguments[0]

        """

    private func activator(_ script: String) throws -> ChildProcess {
        try python(Self.activate + script, #require(Binary.sockctl))
    }

    @Test func `a socket that listens already is taken by its number, and waits again afterwards`() async throws {
        let outcome = try await activator(
            """
            s = socket.create_server(("127.0.0.1", 0)); port = s.getsockname()[1]
            pid = activate([s], [program, "listen", "--fd", "3", "--serve", "echo", "--max-accepts", "1"])
            c = dial(port); c.sendall(b"ping"); c.shutdown(1); say(drain(c))
            say(status(pid), os.get_blocking(s.fileno()))
            d = dial(port); say(s.accept()[0].getpeername() == d.getsockname())
            """
        ).finish()
        outcome.expect(lines: ["b'ping'", "0 True", "True"])
    }

    @Test func `one that is closed after its only peer is watched no more, though others hold it`() async throws {
        let outcome = try await activator(
            """
            s = socket.create_server(("127.0.0.1", 0)); port = s.getsockname()[1]
            pid = activate([s], [program, "listen", "--fd", "3", "--serve", "echo", "--max-accepts", "1"])
            mark = "ino:%x " % os.fstat(s.fileno()).st_ino

            def watched():
                folder = "/proc/%d/fdinfo/" % pid
                # One of them may be closed while the others are looked at.
                try: return any(mark in open(folder + one).read() for one in os.listdir(folder))
                except FileNotFoundError: return watched()

            until(watched)
            c = dial(port); c.sendall(b"ping"); say(c.recv(4), watched())
            c.shutdown(1); say(status(pid))
            """
        ).finish()
        outcome.expect(lines: ["b'ping' False", "0"])
    }

    @Test func `one that is given up at once is as it was found, too`() async throws {
        let outcome = try await activator(
            """
            s = socket.create_server(("127.0.0.1", 0))
            pid = activate([s], [program, "listen", "--fd", "3", "--no-accept"])
            until(lambda: not os.get_blocking(s.fileno()))
            # Two signals at once: the first of them has no time to end anything in order.
            for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT): os.kill(pid, number)
            say(status(pid) in (130, 143), os.get_blocking(s.fileno()))
            """
        ).finish()
        outcome.expect(lines: ["True True"])
    }

    @Test func `a connection is the one peer, joined to the standard streams`() async throws {
        let outcome = try await activator(
            """
            a, b = socket.socketpair()
            pid = activate([b], [program, "listen", "--fd", "3"], stdin=open("/dev/null"))
            a.sendall(b"hello"); a.shutdown(1)
            say(status(pid), os.get_blocking(b.fileno()))
            """
        ).finish()
        // Whoever gave it finds it as it was.
        outcome.expect(out: "hello0 True\n")
    }

    @Test func `systemd's socket is found without a number`() async throws {
        let outcome = try await activator(
            """
            s = socket.create_server(("127.0.0.1", 0)); port = s.getsockname()[1]
            pid = activate([s], [program, "listen", "--activated", "--json", "--serve", "time", "--max-accepts", "1"])
            say(len(drain(dial(port))), status(pid))
            """
        ).finish()
        outcome.expect(out: "20 0\n")
        let event = try #require(outcome.err.split(separator: "\n").first.map { try JSONValue(parsing: String($0)) })
        #expect(event["event"]?.string == "listening" && event["network"]?.string == "tcp")
    }

    @Test func `one of several sockets is chosen by its name`() async throws {
        let outcome = try await activator(
            """
            one, two = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
            words = [program, "listen", "--activated", "--serve", "echo", "--max-accepts", "1"]
            pid = activate([one, two], words + ["second"], names="first:second")
            c = dial(two.getsockname()[1]); c.sendall(b"x"); c.shutdown(1); say(drain(c), status(pid))
            say(status(activate([one, two], words, names="first:second")))
            """
        ).finish()
        outcome.expect(lines: ["b'x' 0", "64"])
        #expect(outcome.err.contains("there are 2 sockets: first (descriptor 3), second (descriptor 4)"))
    }

    @Test func `with Accept=yes the descriptor is a connection`() async throws {
        let outcome = try await activator(
            """
            s = socket.create_server(("127.0.0.1", 0)); c = dial(s.getsockname()[1]); p = s.accept()[0]
            pid = activate([p], [program, "listen", "--activated", "-v", "--serve", "echo"]); p.close()
            c.sendall(b"ping"); c.shutdown(1); say(drain(c), status(pid))
            """
        ).finish()
        outcome.expect(out: "b'ping' 0\n")
        #expect(!outcome.err.contains("listening") && outcome.err.contains("accepted"), "\(outcome)")
    }

    @Test(arguments: [["--deny", "127.0.0.1"], ["--max-conns", "0"]])
    func `a connection that is turned away is the end, since nobody else can come`(words: [String]) async throws {
        let outcome = try await python(
            Self.activate + """
                s = socket.create_server(("127.0.0.1", 0)); c = dial(s.getsockname()[1]); p = s.accept()[0]
                pid = activate([p], [program, "listen", "--fd", "3", "--serve", "echo"] + arguments[1:]); p.close()
                say(status(pid)); say(c.recv(1))
                """, [#require(Binary.sockctl)] + words
        ).finish()
        outcome.expect(lines: ["77", "b''"])
        #expect(outcome.err.contains("refused 127.0.0.1:"), "\(outcome)")
    }

    @Test(arguments: [["--no-accept"], ["--io-model", "epoll", "--serve", "echo"]])
    func `what is about a socket that listens is refused with a connection`(words: [String]) async throws {
        let outcome = try await python(
            Self.activate + """
                a, b = socket.socketpair()
                say(status(activate([b], [program, "listen", "--fd", "3"] + arguments[1:], stdin=open("/dev/null"))))
                """, [#require(Binary.sockctl)] + words
        ).finish()
        outcome.expect(out: "64\n")
        #expect(
            outcome.err.contains(
                "'\(words[0])' is about a socket that listens, and the one that was given is a connection"),
            "\(outcome)")
    }

    @Test func `a socket of datagrams is served as well`() async throws {
        let outcome = try await activator(
            """
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0))
            pid = activate([s], [program, "listen", "--fd", "3", "--serve", "echo", "--count", "1"])
            c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.settimeout(10)
            c.sendto(b"ping", s.getsockname()); say(c.recv(100), status(pid))
            """
        ).finish()
        outcome.expect(out: "b'ping' 0\n")
    }

    @Test func `inetd's connection is served, and hears nothing but the service`() async throws {
        let outcome = try await activator(
            """
            a, b = socket.socketpair()
            pid = activate([], [program, "listen", "--inetd", "-v", "--serve", "echo"], stdin=b, ALL=1); b.close()
            a.sendall(b"ping"); a.shutdown(1); say(drain(a), status(pid))
            """
        ).finish()
        outcome.expect(out: "b'ping' 0\n")
    }

    @Test func `inetd's server that waits has standard input for its listener`() async throws {
        let outcome = try await activator(
            """
            s = socket.create_server(("127.0.0.1", 0))
            pid = activate([], [program, "listen", "--inetd", "--serve", "time", "--max-accepts", "1"], stdin=s)
            say(len(drain(dial(s.getsockname()[1]))), status(pid))
            """
        ).finish()
        outcome.expect(out: "20 0\n")
    }

    @Test(arguments: [
        (["--fd", "77"], "descriptor 77 is not open"), (["--fd", "0"], "descriptor 0 is no socket"),
        (["--fd", "3", "3000"], "'--fd' takes a socket that has its address: leave out '3000'"),
        (["--fd", "3", "-u"], "'--udp' is about making a socket"),
        (["--fd", "3", "--backlog", "1"], "'--backlog' is about making a socket"),
        (["--fd", "3", "--activated"], "both say which socket"), (["--activated"], "no socket was given"),
        (["--inetd"], "there is nothing to join it to"), (["--inetd", "--serve", "echo"], "descriptor 0 is no socket"),
    ])
    func `what is no socket, or does not go together, is refused`(words: [String], wanted: String) async throws {
        let outcome = try await sockctl(["listen"] + words).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(wanted), "\(outcome)")
    }

    @Test func `what the kernel does not permit of it is 77, as for a socket of our own`() async throws {
        let outcome = try await activator(
            """
            import ctypes
            s = socket.create_server(("127.0.0.1", 0))
            # Root without CAP_NET_ADMIN (12) and CAP_NET_RAW (13) may not set SO_MARK (36), nor may others (PR_CAPBSET_DROP, 24).
            for capability in (12, 13): ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
            say(status(activate([s], [program, "listen", "--fd", "3", "--setsockopt", "1:36:7"])))
            """
        ).finish()
        outcome.expect(out: "77\n")
        #expect(outcome.err.contains("operation not permitted"), "\(outcome)")
    }

    @Test func `a socket that is neither connected nor listening is refused`() async throws {
        let outcome = try await activator(
            #"s = socket.socket(); say(status(activate([s], [program, "listen", "--fd", "3"])))"#
        ).finish()
        outcome.expect(out: "64\n")
        #expect(outcome.err.contains("descriptor 3 neither listens nor is connected"), "\(outcome)")
    }
}
