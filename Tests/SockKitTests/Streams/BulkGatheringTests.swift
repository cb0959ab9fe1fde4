import Glibc
import Testing

@testable import SockKit

/// A connection from which much came.
@Suite(.timeLimit(.minutes(2))) struct BulkGatheringTests {
    /// As many large moves as are wanted at first, one after the other.
    @Netpoller
    private func gather(from connection: Connection) -> BulkGathering {
        let gathering = BulkGathering(connection.descriptor)
        for _ in 0..<16 { gathering.note(1 << 16, left: .max) }
        return gathering
    }

    /// Without the time limits that tests' connections have.
    @Netpoller
    private func loopback(_ network: Network = .tcp) async throws -> Loopback {
        let pair = try await SockKitTests.loopback(network)
        pair.server.setDeadline(nil)
        return pair
    }

    @Netpoller
    private func mark(of connection: Connection) throws -> Int32 {
        try connection.descriptor.withNumber { number throws(Errno) in
            try SocketOption.receiveLowMark.get(from: number)
        }
    }

    /// Whoever waits for bytes already gets a few.
    @Netpoller
    private func expectLastBytes(of pair: Loopback) async throws {
        let reading = Netpoller.spawn { try await pair.server.readText() }
        await letOthersRun()
        try await pair.client.write("last")
        #expect(try await reading.value == "last")
    }

    @Test func `a few bytes after much do not wake a reader at once, and arrive all the same`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let number = try pair.server.descriptor.withNumber { number throws(Errno) in number }
            let gathering = gather(from: pair.server)
            // In one job, so that the watch does not come between.
            let bytes: [UInt8] = [1, 2, 3, 4]
            try #require(try pair.client.writeNow(bytes.span) == 4)
            try #require(try FileCalls.queued(number, .received) == 4)
            #expect(!isReadable(number))
            #expect(try await pair.server.read(upTo: 9) == bytes)
            try await pair.client.write("last")
            #expect(try await pair.server.readText() == "last")
            try await waitUntil("the mark taken back") { try mark(of: pair.server) == 1 }
            #expect(!isReadable(number))
            gathering.end()
            pair.close()
        }
    }

    /// Whether poll(2) says so, which does not wait.
    private func isReadable(_ number: Int32) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) == 1
    }

    @Test func `who waits already is woken though there is too little`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let gathering = gather(from: pair.server)
            try await expectLastBytes(of: pair)
            gathering.end()
            pair.close()
        }
    }

    @Test func `who ends while the kernel does not take the mark back leaves no reader behind`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let gathering = gather(from: pair.server)
            let number = try pair.server.descriptor.withNumber { number throws(Errno) in number }
            let faults = FaultSwitch.install("setsockopt", on: number, [.noMemory])
            defer { faults.remove() }
            gathering.end()
            try #require(try mark(of: pair.server) > 4)
            try await expectLastBytes(of: pair)
            try await waitUntil("the mark taken back") { try mark(of: pair.server) == 1 }
            pair.close()
        }
    }

    @Test func `a closed socket is watched no more`() async throws {
        try await onLoop {
            let pair = try await loopback()
            weak var watched: BulkGathering?
            do {
                let gathering = gather(from: pair.server)
                watched = gathering
            }
            #expect(watched != nil)
            pair.close()
            try await waitUntil("the watch's end") { watched == nil }
        }
    }

    @Test func `with a limit on silence, and before the last bytes that are wanted, nothing is gathered`() async throws
    {
        try await onLoop {
            let pair = try await loopback()
            let last = BulkGathering(pair.server.descriptor)
            for _ in 0..<16 { last.note(1 << 16, left: 1000) }
            #expect(try mark(of: pair.server) == 1)
            pair.server.descriptor[timeout: .read] = patience
            _ = gather(from: pair.server)
            #expect(try mark(of: pair.server) == 1)
            pair.close()
        }
    }

    @Test func `they arrive where the kernel does not take the mark back as well`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let gathering = gather(from: pair.server)
            let number = try pair.server.descriptor.withNumber { number throws(Errno) in number }
            let faults = FaultSwitch.install("setsockopt", on: number, [.noMemory, .noMemory])
            defer { faults.remove() }
            try await expectLastBytes(of: pair)
            try await waitUntil("the mark taken back") { try mark(of: pair.server) == 1 }
            gathering.end()
            pair.close()
        }
    }

    @Test func `who moves no more takes the mark back`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let gathering = gather(from: pair.server)
            gathering.end()
            #expect(try mark(of: pair.server) == 1)
            pair.close()
        }
    }

    @Test func `a mark that somebody else has set stays`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try pair.server.descriptor.withNumber { number throws(Errno) in
                try SocketOption.receiveLowMark.set(3, on: number)
            }
            let gathering = gather(from: pair.server)
            #expect(try mark(of: pair.server) == 3)
            gathering.end()
            #expect(try mark(of: pair.server) == 3)
            pair.close()
        }
    }

    @Test func `small moves, and sockets that are not TCP's, are left alone`() async throws {
        try await onLoop {
            let (tcp, unix) = (try await loopback(), try await loopback(.unix))
            let small = BulkGathering(tcp.server.descriptor)
            for _ in 0..<100 { small.note(1000, left: .max) }
            #expect(try mark(of: tcp.server) == 1)
            _ = gather(from: unix.server)
            #expect(try mark(of: unix.server) == 1)
            tcp.close()
            unix.close()
        }
    }

    @Test func `what is relayed in bulk arrives whole, with breaks in it`() async throws {
        try await onLoop {
            let (near, far) = (try await loopback(), try await loopback(.unix))
            let pump = Pump(near.server, far.client)
            let running = Netpoller.spawn { try await pump.run() }
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            let reading = Netpoller.spawn { () -> Int in
                var count = 0
                while true {
                    let bytes = try await far.server.read(upTo: 1 << 20)
                    if bytes.isEmpty { return count }
                    count += bytes.count
                }
            }
            for round in 1...3 {
                for _ in 0..<8 { try await near.client.write(piece) }
                try await near.client.write("x")
                try await waitUntil("what came before the break") { pump.count == round * ((8 << 20) + 1) }
            }
            try near.client.closeWrite()
            try await running.value
            far.client.close()
            #expect(try await reading.value == 3 * (8 << 20) + 3)
            near.close()
            far.close()
        }
    }
}
