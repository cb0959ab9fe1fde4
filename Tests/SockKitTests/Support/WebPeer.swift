/// A web server that says exactly what a test tells it to.
enum WebPeer {
    /// Each request, on whichever connection it comes, is answered with the next of the answers; the last serves for all
    /// that follow. Written as Python expressions of bytes; `None` ends the connection instead, `RESET` aborts it.
    ///
    /// After the port it tells of each request on a line: the number of its connection, and the request as Python shows
    /// bytes. `CLOSE` as the last bytes of an answer ends the connection behind it.
    static func start(_ answers: String...) throws -> ChildProcess {
        try python(
            """
            import threading
            CLOSE, RESET = b"#close#", "reset"
            def answer(body, *fields, status="200 OK", length=None):
                lines = ["HTTP/1.1 " + status, *fields]
                lines.append("Content-Length: %d" % (len(body) if length is None else length))
                return "\\r\\n".join(lines).encode() + b"\\r\\n\\r\\n" + body
            answers = [\(answers.joined(separator: ", "))]
            lock, served = threading.Lock(), 0

            def request(c, rest):
                while b"\\r\\n\\r\\n" not in rest:
                    part = c.recv(1 << 16)
                    if not part: return None, b""
                    rest += part
                head, rest = rest.split(b"\\r\\n\\r\\n", 1)
                head += b"\\r\\n\\r\\n"
                lines = head.lower().split(b"\\r\\n")
                length = sum(int(l[15:]) for l in lines if l.startswith(b"content-length:"))
                if b"transfer-encoding: chunked" in lines:
                    while not rest.endswith(b"0\\r\\n\\r\\n"): rest += c.recv(1 << 16)
                    return head + rest, b""
                if b"expect: 100-continue" in lines: c.sendall(b"HTTP/1.1 100 Continue\\r\\n\\r\\n")
                while len(rest) < length: rest += c.recv(1 << 16)
                return head + rest[:length], rest[length:]

            def converse(c, number):
                global served
                rest = b""
                while True:
                    message, rest = request(c, rest)
                    if message is None: return c.close()
                    with lock:
                        say(number, message)
                        text = answers[min(served, len(answers) - 1)]
                        served += 1
                    if text is None: return c.close()
                    if text == RESET: return reset(c)
                    closes = text.endswith(CLOSE)
                    try: c.sendall(text[:-len(CLOSE)] if closes else text)
                    except OSError: return c.close()
                    if closes: return c.close()

            s, number = serve(backlog=128), 0
            while True:
                c, _ = s.accept()
                number += 1
                threading.Thread(target=converse, args=(c, number), daemon=True).start()
            """)
    }
}

extension ChildProcess {
    /// Waits until a `WebPeer` has told of so many requests, and returns those that it has told of, each with the number of
    /// its connection.
    func requests(_ count: Int) async throws -> [(connection: Int, text: String)] {
        try await eventually("request") { requestsSoFar.count >= count ? requestsSoFar : nil }
    }

    private var requestsSoFar: [(connection: Int, text: String)] {
        record.outText.split(separator: "\n").dropFirst().compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[0]) else { return nil }
            return (number, String(parts[1].dropFirst(2).dropLast()))
        }
    }
}
