/// What every Python peer begins with.
///
/// A peer tells on its standard output, a line each, first the port it has and then what happened to it.
enum PythonPeer {
    static let prelude = #"""
        import fcntl, os, select, signal, socket, struct, sys, termios, time
        sys.excepthook = lambda kind, error, trace: (print(kind.__name__, error), sys.__excepthook__(kind, error, trace))
        arguments = sys.argv[1:]

        def say(*words): print(*words, flush=True)

        def serve(host="127.0.0.1", port=0, kind=socket.SOCK_STREAM, backlog=16):
            "A socket that listens, or receives, with its port told."
            s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((host, port))
            if kind == socket.SOCK_STREAM: s.listen(backlog)
            say(s.getsockname()[1])
            return s

        def take(server):
            "The next peer; the listening socket is closed."
            c, _ = server.accept()
            server.close()
            return c

        def dial(port, host="127.0.0.1", **options):
            return socket.create_connection((host, int(port)), timeout=60, **options)

        def drain(c):
            "All that comes until the end."
            parts = []
            while part := c.recv(1 << 16): parts.append(part)
            return b"".join(parts)

        def quiet(c, seconds):
            "Whether neither bytes nor the end arrive within that time."
            return not select.select([c], [], [], seconds)[0]

        def queues(mine, theirs, table="tcp"):
            "How much of what was sent on a socket of this machine is not acknowledged, and how much waits to be read."
            for row in open("/proc/net/" + table):
                words = row.split()
                if words[1].endswith(":%04X" % mine) and words[2].endswith(":%04X" % theirs):
                    return tuple(int(part, 16) for part in words[4].split(":"))
            return 0, 0

        def until(holds):
            "Looks again and again, for what the kernel tells only to those who ask."
            limit = time.monotonic() + 60
            while not holds():
                if time.monotonic() > limit: raise TimeoutError
                time.sleep(0.002)

        def taken(c):
            "Waits until the program at the other end has read all that was sent."
            mine, theirs = c.getsockname()[1], c.getpeername()[1]
            until(lambda: queues(mine, theirs)[0] == 0 and queues(theirs, mine)[1] == 0)

        def stuck(c):
            "Waits until nothing more arrives, since the kernel takes no more, and returns how much waits to be read."
            same, before = 0, -1
            while same < 4:
                time.sleep(0.1)
                waiting = struct.unpack("i", fcntl.ioctl(c, termios.FIONREAD, b"0000"))[0]
                same = same + 1 if waiting == before else 0
                before = waiting
            return before

        def reset(c):
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            c.close()

        def hold():
            "Lives until it is killed."
            while True: signal.pause()

        def refuse(host, port):
            "A port that refuses every dial: bound, and nobody listens."
            s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            s.bind((host, int(port)))
            return s

        def fill(host, port=0):
            "A black hole: a listener whose queue is full, so that every further SYN is dropped."
            s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
            if ":" in host: s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            s.bind((host, int(port)))
            s.listen(0)
            filler = socket.create_connection(s.getsockname()[:2])
            return s, filler

        """#
}

/// Starts a peer that swallows every dial to `hosts` without an answer, all on one port, and returns that port.
func blackHole(_ hosts: String...) async throws -> Int {
    let peer = try python(
        """
        for attempt in range(20):
            held, port = [], 0
            try:
                for host in arguments:
                    held.append(fill(host, port))
                    port = held[0][0].getsockname()[1]
                break
            except OSError:
                pass
        say(port)
        hold()
        """, hosts)
    return try await peer.port()
}
