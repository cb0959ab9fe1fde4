import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct UnixDatagramTests {
    /// A receiver's queue holds this many datagrams (net.unix.max_dgram_qlen, and one).
    private static func queueLength() throws -> Int {
        let text = try FileCalls.contents(of: "/proc/sys/net/unix/max_dgram_qlen")
        return (Int(text.dropLast()) ?? 0) + 1
    }

    @Test func `a connected sender waits for room, and loses nothing`() async throws {
        try await onLoop {
            let socket = try await receiver(.unixgram)
            let client = try await Dialer(timeout: patience).dial(.unixgram, socket.localEndpoint.description)
            client.writeDeadline = .now + patience
            let count = try Self.queueLength() * 3
            let sender = Netpoller.spawn { for index in 0..<count { try await client.write([UInt8(index % 256)]) } }
            await letOthersRun()
            for index in 0..<count { #expect(try await receive(socket).1 == [UInt8(index % 256)]) }
            try await sender.value
            client.close()
            socket.close()
        }
    }

    @Test func `a full queue ends a send at its deadline, after exactly what fits`() async throws {
        try await onLoop {
            let socket = try await receiver(.unixgram)
            let client = try await receiver(.unixgram)
            var sent = 0
            let error = try await failure {
                while true {
                    client.writeDeadline = .now + .milliseconds(30)
                    try await client.send([1].span, to: socket.localEndpoint)
                    sent += 1
                }
            }
            #expect(error.isTimeout)
            #expect(try sent == Self.queueLength())
            client.close()
            socket.close()
        }
    }

    @Test func `a sender that is not connected waits for room that others took`() async throws {
        try await onLoop {
            let socket = try await receiver(.unixgram)
            let (filler, sender) = (try await receiver(.unixgram), try await receiver(.unixgram))
            let count = try Self.queueLength()
            for _ in 0..<count { try await filler.send([1].span, to: socket.localEndpoint) }
            let waiting = Netpoller.spawn { try await sender.send([2].span, to: socket.localEndpoint) }
            // Long enough for every event that is due by itself.
            await Netpoller.sleep(for: .milliseconds(5))
            // The sender has nothing in the queue, so that no event of its own tells it about the room.
            for _ in 0..<count { #expect(try await receive(socket).1 == [1]) }
            #expect(try await receive(socket).1 == [2])
            try await waiting.value
            for each in [socket, filler, sender] { each.close() }
        }
    }

    @Test func `a sender that waits does not ask the kernel all the time`() async throws {
        try await onLoop {
            let (socket, sender) = (try await receiver(.unixgram), try await receiver(.unixgram))
            for _ in 0..<(try Self.queueLength()) { try await sender.send([1].span, to: socket.localEndpoint) }
            let watch = FaultSwitch.install("sendto", on: sender.number)
            defer { watch.remove() }
            sender.writeDeadline = .now + .milliseconds(100)
            #expect(try await failure { try await sender.send([2].span, to: socket.localEndpoint) }.isTimeout)
            #expect(watch.calls < 50)
            for each in [socket, sender] { each.close() }
        }
    }

    @Test func `a connected sender that waits asks only when there is room`() async throws {
        try await onLoop {
            let socket = try await receiver(.unixgram)
            let client = try await Dialer(timeout: patience).dial(.unixgram, socket.localEndpoint.description)
            for _ in 0..<(try Self.queueLength()) { try await client.write("x") }
            let watch = FaultSwitch.install("send", on: client.number)
            defer { watch.remove() }
            client.writeDeadline = .now + .milliseconds(50)
            #expect(try await failure { try await client.write("y") }.isTimeout)
            #expect(watch.calls < 10)
            client.close()
            socket.close()
        }
    }

    @Test func `a dialled sender has a name to answer to`() async throws {
        try await onLoop {
            let socket = try await receiver(.unixgram)
            let client = try await Dialer(timeout: patience).dial(.unixgram, socket.localEndpoint.description)
            try await client.write("x")
            let source = try await receive(socket).0.source
            #expect(source == client.localEndpoint && source != .unix(.unnamed))
            let answer = Array("back".utf8)
            try await socket.send(answer.span, to: source)
            let chunk = try await client.readChunk()
            #expect(chunk.copy() == answer)
            client.close()
            socket.close()
        }
    }

    @Test func `a send to nobody says whether the place exists`() async throws {
        try await onLoop {
            let sender = try await receiver(.unixgram)
            let directory = try TemporaryDirectory()
            let nowhere = Endpoint.unix(.path("\(directory.path)/none"))
            let missing = try await failure { try await sender.send([1].span, to: nowhere) }
            #expect(missing.errno == .noSuchFile && missing.remote == nowhere)
            sender.close()
        }
    }
}
