import Testing

@testable import SockKit

/// A connection from which much came.
@Suite(.timeLimit(.minutes(2))) struct BulkGatheringTests {
    /// As many large moves as are wanted at first, one after the other.
    @Netpoller
    private func gather(from connection: Connection) -> BulkGathering {
        let gathering = BulkGathering(connection.descriptor)
        for _ in 0..<16 { gathering.note(1 << 16) }
        return gathering
    }

    @Netpoller
    private func mark(of connection: Connection) throws -> Int32 {
        try connection.descriptor.withNumber { number throws(Errno) in
            try SocketOption.receiveLowMark.get(from: number)
        }
    }

    @Test func `a few bytes after much do not wake a reader at once, and arrive all the same`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let gathering = gather(from: pair.server)
            #expect(try mark(of: pair.server) > 4)
            let reading = Netpoller.spawn { try await pair.server.readText() }
            await letOthersRun()
            try await pair.client.write("last")
            #expect(try await reading.value == "last")
            #expect(try mark(of: pair.server) == 1)
            gathering.end()
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
            let reading = Netpoller.spawn { try await pair.server.readText() }
            await letOthersRun()
            try await pair.client.write("last")
            #expect(try await reading.value == "last")
            try await waitUntil("the mark taken back") { try mark(of: pair.server) == 1 }
            gathering.end()
            pair.close()
        }
    }

    @Test func `who moves no more leaves the socket as it was`() async throws {
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
            for _ in 0..<100 { small.note(1000) }
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
