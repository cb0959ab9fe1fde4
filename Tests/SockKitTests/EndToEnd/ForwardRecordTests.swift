import Glibc
import Testing

/// Records of what is forwarded, as other programs read them, and as they are played.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct ForwardRecordTests {
    /// A second reader: checks each packet's sums and numbers, and tells what each stream had.
    private static let reader = #"""
        data = open(arguments[0], "rb").read(); place = 0; flows = {}; comments = 0
        def checksum(b):
            if len(b) % 2: b += b"\0"
            s = sum(struct.unpack(">%dH" % (len(b) // 2), b))
            while s >> 16: s = (s & 0xffff) + (s >> 16)
            return s
        while place < len(data):
            kind, size = struct.unpack_from("<II", data, place)
            assert struct.unpack_from("<I", data, place + size - 4)[0] == size
            if kind == 1: assert struct.unpack_from("<H", data, place + 8)[0] == 101
            if kind == 6:
                captured, length = struct.unpack_from("<II", data, place + 20)
                assert captured == length
                packet = data[place + 28:place + 28 + captured]
                comments += place + 28 + captured + 4 < place + size - 4
                if packet[0] >> 4 == 4:
                    assert checksum(packet[:20]) == 0xffff and struct.unpack_from(">H", packet, 2)[0] == captured
                    ends, kind4, body = packet[12:20], packet[9], packet[20:]
                else: ends, kind4, body = packet[8:40], packet[6], packet[40:]
                assert checksum(ends + struct.pack(">II", len(body), kind4) + body) == 0xffff
                half = len(ends) // 2
                sport, dport = struct.unpack_from(">HH", body)
                if kind4 == 17: say("udp", sport, dport, body[8:].decode()); place += size; continue
                seq, ack, off, flags = struct.unpack_from(">IIBB", body, 4)
                payload = body[(off >> 4) * 4:]
                key, other = (ends[:half], sport, dport), (ends[half:], dport, sport)
                if flags & 2: flows[key] = [seq, b""]
                flow = flows[key]
                assert flow[0] == seq, (flow[0], seq)
                if flags & 16: assert flows[other][0] == ack
                flow[0] += len(payload) + (flags & 3 != 0)
                flow[1] += payload
                if flags & 5: flow[1] += b"|fin" if flags & 1 else b"|rst"
            place += size
        for flow in flows.values(): say(len(flow[1]) if len(flow[1]) > 40 else flow[1].decode())
        say("comments", comments)
        """#

    /// A forwarder to a server, with its port.
    private func forward(_ target: String, _ options: [String]) async throws -> (ChildProcess, Int) {
        let process = try sockctl(["forward", "--json", "127.0.0.1:0", target] + options)
        return (process, try await process.listening().port)
    }

    /// Waits until so many connections are over, and ends it.
    private func finish(_ process: ChildProcess, after count: Int) async throws -> Outcome {
        try await process.wait(for: "\(count) ends") { record in
            record.errText.split(separator: "\n").filter { $0.contains(#""event":"closed""#) }.count >= count ? () : nil
        }
        return try await process.finish(after: SIGTERM)
    }

    private static let clients = """
        port = int(arguments[0])
        c = dial(port); c.sendall(b"hello"); assert c.recv(5) == b"hello"
        c.sendall(b"x" * 200000); count = 0
        while count < 200000: count += len(c.recv(65536))
        c.shutdown(1); assert c.recv(1) == b""; c.close()
        c = dial(port); c.sendall(b"bye"); assert c.recv(3) == b"bye"; reset(c)
        say("done")
        """

    @Test func `a capture has all that went by, with right sums and numbers, and can be played`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let target = "127.0.0.1:\(try await server.listening().port)"
        let (capture, lines) = (try scratch("a.pcapng"), try scratch("a.json"))
        let (process, port) = try await forward(target, ["--record", capture, "--record-json", lines])
        try await python(Self.clients, port).finish().expect(lines: ["done"])
        try await finish(process, after: 2).expect(status: 0)
        try await python(Self.reader, capture).finish()
            .expect(lines: ["200009", "200009", "bye|rst", "bye", "comments 2"])
        if Tool.tcpdump.isThere {
            let dump = try await start(.tcpdump, "-nnvv", "-r", capture).finish()
            dump.expect(status: 0)
            #expect(dump.out.contains("(correct)") && !dump.out.contains("incorrect"), "\(dump)")
        }
        for file in [capture, lines] {
            let replay = try await sockctl("forward", "--replay", file, target, "--json").finish()
            replay.expect(status: 0)
            let summary = try #require(try replay.events().last)
            #expect(summary["same"]?.integer == 2 && summary["bytes_up"]?.integer == 200_008, "\(summary)")
            let fast = try await sockctl("forward", "3000", target, "--replay", file, "--replay-speed", "1000").finish()
            fast.expect(status: 0)
        }
        let other = try sockctl("listen", "--serve", "chargen", "127.0.0.1:0")
        let wrong = try await sockctl(
            "forward", "--replay", lines, "127.0.0.1:\(other.listening().port)", "--json"
        ).finish()
        wrong.expect(status: 1)
        let difference = try #require(
            try wrong.events().first {
                $0.name == "difference" && $0["connection"]?.integer == 1
            })
        #expect(difference["offset"]?.integer == 0 && difference["expected_text"]?.string?.hasPrefix("hello") ?? false)
    }

    @Test func `a capture of datagrams has each as a UDP packet with a right sum`() async throws {
        let server = try sockctl("listen", "-u", "--serve", "echo", "127.0.0.1:0")
        let target = try await server.listening().port
        let capture = try scratch("a.pcapng")
        let process = try sockctl("forward", "-u", "--json", "127.0.0.1:0", "127.0.0.1:\(target)", "--record", capture)
        let script = """
            c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.settimeout(30)
            c.connect(("127.0.0.1", int(arguments[0])))
            for word in (b"one", b"", b"three"): c.send(word); assert c.recv(9) == word
            say(c.getsockname()[1])
            """
        let client = try await python(script, process.listening().port).finish()
        client.expect(status: 0)
        try await process.finish(after: SIGTERM).expect(status: 0)
        let (there, back) = ("udp \(client.lines[0]) \(target) ", "udp \(target) \(client.lines[0]) ")
        try await python(Self.reader, capture).finish()
            .expect(lines: ["one", "", "three"].flatMap { [there + $0, back + $0] } + ["comments 1"])
    }

    /// A record of somebody who says hello and is answered, and of what came then.
    private func talk(answer: String, _ then: String = "") throws -> String {
        let path = try scratch("a.json")
        try writeFile(
            path,
            Array(
                """
                {"event":"opened","elapsed":0,"connection":1,"network":"tcp","client":"a","target":"b"}
                {"event":"data","elapsed":0.01,"connection":1,"direction":"up","text":"hello"}
                {"event":"data","elapsed":0.02,"connection":1,"direction":"down","text":"\(answer)"}
                \(then)

                """.utf8))
        return path
    }

    @Test func `a server that answers otherwise is told where, in words`() async throws {
        let path = try talk(answer: "hullo")
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let target = "127.0.0.1:\(try await server.listening().port)"
        let outcome = try await sockctl("forward", "--replay", path, target).finish()
        outcome.expect(status: 1)
        #expect(
            outcome.err.contains(
                "connection 1 differs at byte 1: expected 75 6c 6c 6f 'ullo', got 65 6c 6c 6f 'ello'"), "\(outcome)")
    }

    @Test(.needs(.python3), arguments: [nil, SIGTERM])
    func `a client that ended with a reset holds up neither --max-time nor a signal`(signal: Int32?) async throws {
        let path = try talk(
            answer: "hello", #"{"event":"reset","elapsed":0.03,"connection":1,"direction":"up"}"#)
        let server = try python("c = take(serve()); c.recv(5); say('heard'); hold()")
        var words = ["forward", "--replay", path, "-i", "10m", "127.0.0.1:\(try await server.port())"]
        if signal == nil { words += ["--max-time", "500ms"] }
        let replay = try sockctl(words)
        try await server.waitForLine(containing: "heard", on: .out)
        if let signal { replay.signal(signal) }
        let outcome = try await replay.finish()
        outcome.expect(status: signal.map { 128 + $0 } ?? 75)
        #expect(outcome.err.contains(/interrupted +1\n/), "\(outcome)")
    }

    @Test func `what cannot be kept or played has its status`() async throws {
        try await sockctl("forward", "127.0.0.1:0", "127.0.0.1:1", "--record", "/nowhere/a").finish().expect(status: 73)
        try await sockctl("forward", "--replay", "/nowhere/a", "127.0.0.1:1").finish().expect(status: 66)
        let path = try scratch("none")
        try writeFile(path, Array("no record at all\n".utf8))
        let outcome = try await sockctl("forward", "--replay", path, "127.0.0.1:1").finish()
        outcome.expect(status: 65)
        #expect(outcome.err.contains("it is neither pcapng, pcap nor JSON Lines"), "\(outcome)")
        for words in [["--record", "-"], ["--replay-speed", "2"], ["--replay", "a", "--record", "b"]] {
            try await sockctl(["forward", "127.0.0.1:0", "127.0.0.1:1"] + words).finish().expect(status: 64)
        }
    }

    @Test func `told to finish it waits a moment for who reads a record, and tells what is missing`() async throws {
        let pipe = try scratch("pipe")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let reader = unsafe open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        try #require(reader >= 0)
        try Scene.required().adopt(descriptor: reader)
        let server = try sockctl("listen", "--serve", "discard", "127.0.0.1:0")
        let target = "127.0.0.1:\(try await server.listening().port)"
        let (process, port) = try await forward(target, ["--record-json", pipe])
        _ = try python("c = dial(arguments[0]); c.sendall(bytes(64 << 20))", port)
        try await eventually("a full pipe") {
            var room = pollfd(fd: reader, events: Int16(POLLOUT), revents: 0)
            return unsafe poll(&room, 1, 0) == 0 ? () : nil
        }
        let outcome = try await process.finish(after: SIGTERM)
        outcome.expect(status: 0)
        let dropped = try #require(try outcome.events().last { $0.name == "output-dropped" }, "\(outcome)")
        #expect(dropped["path"]?.string == pipe && dropped["bytes"]?.integer ?? 0 > 0, "\(dropped)")
    }

    @Test func `a record that can be kept no longer ends the run`() async throws {
        let server = try sockctl("listen", "--serve", "echo", "127.0.0.1:0")
        let outcome = try await sockctl(
            "forward", "127.0.0.1:0", "127.0.0.1:\(server.listening().port)", "--record", "/dev/full"
        ).finish()
        outcome.expect(status: 73)
        #expect(outcome.err.contains("write /dev/full: no space left on device"), "\(outcome)")
    }
}
