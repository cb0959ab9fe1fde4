import Testing

@testable import SockKit

/// Two loopback connections whose inner ends are joined: what is written at one outer end comes out at the other.
@Suite(.timeLimit(.minutes(2))) struct JunctionTests {
    @Netpoller
    private final class Line {
        let left: Loopback
        let right: Loopback
        let junction: Junction

        init(_ left: Network = .tcp, _ right: Network = .tcp, idleLimit: Duration? = nil, through task: Bool = false)
            async throws
        {
            self.left = try await loopback(left)
            self.right = try await loopback(right)
            let near: any ByteStream = task ? WrappedStream(self.left.server) : self.left.server
            junction = Junction(near, self.right.client, idleLimit: idleLimit)
            junction.start()
        }

        func close() {
            left.close()
            right.close()
        }
    }

    @Test(arguments: [Network.tcp, .unix, .unixpacket], [Network.tcp, .unix, .unixpacket])
    func `bytes and ends pass both ways, whatever the networks are`(left: Network, right: Network) async throws {
        try await onLoop {
            let line = try await Line(left, right)
            try await line.left.client.write("question")
            try line.left.client.closeWrite()
            #expect(String(decoding: try await line.right.server.readAll(), as: UTF8.self) == "question")
            try await line.right.server.write("a late answer")
            try line.right.server.closeWrite()
            #expect(String(decoding: try await line.left.client.readAll(), as: UTF8.self) == "a late answer")
            guard case .done = await line.junction.wait() else { throw Unexpected(line.junction.ending) }
            #expect(line.junction.bytesUp == 8 && line.junction.bytesDown == 13)
            line.close()
        }
    }

    @Test(arguments: [false, true])
    func `much goes through both ways at once, in order`(task: Bool) async throws {
        try await onLoop {
            let line = try await Line(through: task)
            let data = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 11) }
            for sender in [line.left.client, line.right.server] {
                Netpoller.spawn {
                    try await sender.write(data)
                    try sender.closeWrite()
                }
            }
            let received = Netpoller.spawn { try await line.left.client.readAll() }
            #expect(try await line.right.server.readAll() == data)
            #expect(try await received.value == data)
            guard case .done = await line.junction.wait() else { throw Unexpected(line.junction.ending) }
            line.close()
        }
    }

    @Test func `a side that does not read holds the other up, and loses nothing`() async throws {
        try await onLoop {
            let line = try await Line()
            let data = [UInt8](repeating: 7, count: 64 << 20)
            let writer = Netpoller.spawn { try await line.left.client.write(data) }
            // More than this cannot be on its way: two socket buffers each side, and what one pipe holds.
            var before = -1
            while line.junction.bytesUp != before {
                before = line.junction.bytesUp
                await Netpoller.sleep(for: .milliseconds(200))
            }
            #expect(line.junction.bytesUp < data.count)
            Netpoller.spawn {
                try await writer.value
                try line.left.client.closeWrite()
            }
            #expect(try await line.right.server.readAll().count == data.count)
            line.close()
        }
    }

    @Test(arguments: [false, true])
    func `a reset is the end, after what had come before it`(task: Bool) async throws {
        try await onLoop {
            let line = try await Line(through: task)
            try await line.left.client.write("last words")
            #expect(await until { line.junction.bytesUp == 10 })
            line.left.client.reset()
            guard case .failed(let error, .near) = await line.junction.wait() else {
                throw Unexpected(line.junction.ending)
            }
            #expect(error.errno == .connectionReset)
            #expect(await line.right.client.waitUntilDelivered())
            line.right.client.reset()
            var buffer = [UInt8](repeating: 0, count: 100)
            var span = buffer.mutableSpan
            #expect(try await line.right.server.read(into: &span) == 10)
            await #expect(throws: NetworkError.self) { _ = try await line.right.server.readAll() }
            line.close()
        }
    }

    @Test func `an end that is to go to a side which has reset fails for the reset`() async throws {
        try await onLoop {
            let line = try await Line()
            try line.left.client.closeWrite()
            #expect(try await line.right.server.readAll() == [])
            // The loop sees both at once, the end first.
            try line.right.server.closeWrite()
            line.left.client.reset()
            guard case .failed(let error, .near) = await line.junction.wait() else {
                throw Unexpected(line.junction.ending)
            }
            #expect(error.errno == .connectionReset && error.call == "shutdown", "\(error)")
            line.close()
        }
    }

    @Test func `a reset after the same side's end is noticed, though nobody reads there`() async throws {
        try await onLoop {
            let line = try await Line()
            try line.right.server.closeWrite()
            #expect(try await line.left.client.readAll() == [])
            line.right.server.reset()
            guard case .failed(_, .far) = await line.junction.wait() else { throw Unexpected(line.junction.ending) }
            line.close()
        }
    }

    @Test func `bytes that a side never took are counted`() async throws {
        try await onLoop {
            let line = try await Line()
            let writer = Netpoller.spawn { try? await line.left.client.write([UInt8](repeating: 1, count: 64 << 20)) }
            var before = -1
            while line.junction.bytesUp != before || before == 0 {
                before = line.junction.bytesUp
                await Netpoller.sleep(for: .milliseconds(100))
            }
            line.right.server.reset()
            guard case .failed(_, .far) = await line.junction.wait() else { throw Unexpected(line.junction.ending) }
            #expect(line.junction.bytesLost.up > 0 && line.junction.bytesLost.down == 0)
            line.close()
            await writer.value
        }
    }

    @Test func `what a side gave that takes no more is waited for, as long as the other one takes it`() async throws {
        try await onLoop {
            let line = try await Line(through: true)
            let writer = Netpoller.spawn { try? await line.left.client.write([UInt8](repeating: 1, count: 64 << 20)) }
            // Who is kept from the CPU may look twice before anything has moved.
            var (before, looks) = (0, 0)
            while looks < 5 {
                looks = line.junction.bytesUp == before && before > 0 ? looks + 1 : 0
                before = line.junction.bytesUp
                await Netpoller.sleep(for: .milliseconds(100))
            }
            line.left.client.reset()
            try await line.right.server.write("nobody is there")
            // A side of which nothing is left has one second.
            let end = Deadline.now + .seconds(2)
            try await waitUntil("more than that") { end.hasPassed || line.junction.ending != nil }
            #expect(line.junction.ending == nil)
            Netpoller.spawn { try? await line.right.server.readAll() }
            guard case .failed(_, .near) = await line.junction.wait() else { throw Unexpected(line.junction.ending) }
            #expect(line.junction.bytesLost.up == 0 && line.junction.bytesUp > before)
            line.close()
            await writer.value
        }
    }

    @Test(arguments: [false, true])
    func `an echo that nobody reads takes what is left once its client is gone`(task: Bool) async throws {
        try await onLoop {
            let line = try await Line(through: task)
            let writer = Netpoller.spawn { try? await line.left.client.write([UInt8](repeating: 1, count: 64 << 20)) }
            let echo = Netpoller.spawn { try? await self.echo(line.right.server) }
            // Its answers go nowhere, and so nothing goes through in the end.
            var (before, answered, looks) = (0, 0, 0)
            while looks < 8 {
                let (up, down) = (line.junction.bytesUp, line.junction.bytesDown)
                looks = up == before && down == answered && up > 0 ? looks + 1 : 0
                (before, answered) = (up, down)
                await Netpoller.sleep(for: .milliseconds(100))
            }
            let start = Deadline.now
            line.left.client.reset()
            guard case .failed(_, .near) = await line.junction.wait() else { throw Unexpected(line.junction.ending) }
            // Where nobody reads what it says it has half a minute.
            #expect(Deadline.now - start < .seconds(25))
            await line.junction.settle()
            let (up, down) = (line.junction.bytesUp, line.junction.bytesLost.down)
            #expect(up > before && line.junction.bytesLost.up == 0)
            // What it answered is nobody's, and is counted; the rest of it is in the kernel.
            #expect(down > 0 && line.junction.bytesDown == answered && answered + down <= up)
            line.close()
            await writer.value
            await echo.value
        }
    }

    @Netpoller
    private func echo(_ connection: Connection) async throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var span = buffer.mutableSpan
            let count = try await connection.read(into: &span)
            guard count > 0 else { return }
            try await connection.write(Array(buffer[..<count]))
        }
    }

    @Test(arguments: [false, true])
    func `a silence that is too long is the end, and bytes either way put it off`(task: Bool) async throws {
        try await onLoop {
            let start = Deadline.now
            let line = try await Line(idleLimit: .milliseconds(400), through: task)
            let end = Netpoller.spawn { (await line.junction.wait(), Deadline.now) }
            for _ in 0..<4 {
                await Netpoller.sleep(for: .milliseconds(150))
                try await line.right.server.write("x")
            }
            guard case (.idle, let moment) = await end.value else { throw Unexpected(line.junction.ending) }
            // Who is kept from the CPU may be silent for too long before the last one, or before the first.
            let count = line.junction.bytesUp + line.junction.bytesDown
            #expect(moment - start >= .milliseconds(400 + 150 * count), "\(count), \(moment - start)")
            line.close()
        }
    }

    @Test func `a limit on single reads is an error, as on any stream`() async throws {
        try await onLoop {
            let line = try await Line()
            line.left.server.readTimeout = .milliseconds(50)
            try await line.left.client.write("x")
            guard case .failed(let error, .near) = await line.junction.wait() else {
                throw Unexpected(line.junction.ending)
            }
            #expect(error.cause == .timeout)
            line.close()
        }
    }

    /// A stream whose failures are told as another operation's: a read by TLS may fail of what was to be sent, and whoever
    /// asks first is told of a connection that was never opened.
    private final class Misnamed: WrappedStream {
        private let failsReading: Bool

        init(_ inner: any ByteStream, failsReading: Bool) {
            self.failsReading = failsReading
            super.init(inner)
        }

        override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
            guard failsReading else { return try await inner.readChunk(maximum: maximum) }
            throw names.failure(.write, .system(.connectionReset, call: "write"))
        }

        override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
            guard !failsReading else { return try await inner.write(bytes) }
            throw names.failure(.read, .timeout)
        }

        override var plainSource: PlainDescriptor? { nil }
        override var plainSink: PlainDescriptor? { nil }
    }

    @Test(arguments: [RelaySide.near, .far], [false, true])
    func `a failure is that of the side which was asked, whatever was tried`(
        side: RelaySide, reading: Bool
    ) async throws {
        try await onLoop {
            let (left, right) = (try await loopback(), try await loopback())
            var (near, far): (any ByteStream, any ByteStream) = (left.server, right.client)
            if side == .near {
                near = Misnamed(near, failsReading: reading)
            } else {
                far = Misnamed(far, failsReading: reading)
            }
            let junction = Junction(near, far)
            junction.start()
            // What is written to the one side was read of the other.
            try await (side == .near ? right.server : left.client).write("x")
            guard case .failed(let error, let failed) = await junction.wait() else {
                throw Unexpected(junction.ending)
            }
            #expect(failed == side && error.operation == (reading ? .write : .read))
            left.close()
            right.close()
        }
    }

    @Test func `it stops when it is told to, and when nothing goes through any more`() async throws {
        try await onLoop {
            let first = try await Line()
            first.junction.stop()
            guard case .stopped = await first.junction.wait() else { throw Unexpected(first.junction.ending) }
            let second = try await Line()
            second.junction.stopWhenSilent(for: .milliseconds(20))
            guard case .stopped = await second.junction.wait() else { throw Unexpected(second.junction.ending) }
            first.close()
            second.close()
        }
    }

    /// How often it was asked whether something is on its way.
    @Netpoller
    private final class Inquiries {
        var count = 0
    }

    @Test(arguments: [false, true], [false, true])
    func `once it has ended nobody holds it`(task: Bool, isStopped: Bool) async throws {
        try await onLoop {
            weak var junction: Junction?
            do {
                let line = try await Line(through: task)
                junction = line.junction
                try await line.left.client.write("question")
                if isStopped {
                    line.junction.stop()
                } else {
                    try line.left.client.closeWrite()
                    try line.right.server.closeWrite()
                }
                _ = await line.junction.wait()
                line.close()
            }
            try await waitUntil("its end") { junction == nil }
        }
    }

    @Test func `it is not silent while something is on its way in the kernel`() async throws {
        try await onLoop {
            let (line, inquiries) = (try await Line(), Inquiries())
            line.junction.stopWhenSilent(for: .milliseconds(20)) {
                inquiries.count += 1
                return inquiries.count < 5
            }
            guard case .stopped = await line.junction.wait() else { throw Unexpected(line.junction.ending) }
            #expect(inquiries.count == 5)
            line.close()
        }
    }

    private struct Unexpected: Error {
        let ending: Junction.Ending?

        init(_ ending: Junction.Ending?) { self.ending = ending }
    }

    @Netpoller
    private func until(_ isSo: @Netpoller () -> Bool) async -> Bool {
        let end = Deadline.now + patience
        while !isSo() {
            if end.hasPassed { return false }
            await Netpoller.sleep(for: .milliseconds(1))
        }
        return true
    }
}
