import SockKit
import Testing

/// Several tasks on one connection.
@Suite(.timeLimit(.minutes(5))) struct ConcurrentUseTests {
    private static let size = 128 << 10

    private static var small: SocketOptions {
        var options = SocketOptions()
        options.sendBuffer = 32768
        options.receiveBuffer = 65536
        return options
    }

    /// Two tasks write three messages each, one of zeros and one of ones; how many of the six came torn.
    private func torn(
        _ write: @escaping @Netpoller @Sendable (Connection, [UInt8]) async throws -> Void
    ) async throws -> Int {
        let size = Self.size
        let bytes = try await onLoop {
            let pair = try await loopback(client: Self.small)
            let writers = [UInt8(0), 1].map { letter in
                Netpoller.spawn {
                    let message = [UInt8](repeating: letter, count: size)
                    for _ in 0..<3 { try await write(pair.client, message) }
                }
            }
            let bytes = try await pair.server.readAll(6 * size)
            for writer in writers { try await writer.value }
            pair.close()
            return bytes
        }
        #expect(bytes.count == 6 * size && bytes.count { $0 == 1 } == 3 * size)
        return stride(from: 0, to: bytes.count, by: size).count { start in
            let message = bytes[start..<(start + size)]
            return message.contains { $0 != message[start] }
        }
    }

    @Test func `writes take turns: no message is torn`() async throws {
        #expect(try await torn { connection, message in try await connection.write(message) } == 0)
    }

    @Test func `without the turn messages are torn, and no byte is lost`() async throws {
        #expect(try await torn { connection, message in try await connection.writeUnlocked(message.span) } > 0)
    }

    @Test func `what finds room as a whole is not torn even without the turn`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let writers = [UInt8(0), 1].map { letter in
                Netpoller.spawn {
                    for _ in 0..<50 {
                        try await pair.client.writeUnlocked([UInt8](repeating: letter, count: 100).span)
                        await Task.yield()
                    }
                }
            }
            let bytes = try await pair.server.readAll(100 * 100)
            for writer in writers { try await writer.value }
            let torn = stride(from: 0, to: bytes.count, by: 100).count { Set(bytes[$0..<($0 + 100)]).count > 1 }
            #expect(bytes.count == 10_000 && torn == 0)
            pair.close()
        }
    }

    @Test func `an unlocked write that fails says how much had gone`() async throws {
        try await onLoop {
            let pair = try await loopback(client: Self.small)
            let message = [UInt8](repeating: 1, count: 16 << 20)
            pair.client.writeDeadline = .now + .milliseconds(100)
            let error = try await failure {
                try await pair.client.writeUnlocked(message.span)
            }
            #expect(error.isTimeout && error.bytesTransferred > 0)
            pair.close()
        }
    }

    @Test func `two readers share the bytes of one message, none twice`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let readers = (0..<2).map { _ in Netpoller.spawn { try await pair.server.readText(upTo: 4) } }
            await letOthersRun()
            try await pair.client.write("world")
            var parts: Set<String> = []
            for reader in readers { parts.insert(try await reader.value) }
            #expect(parts == ["worl", "d"])
            pair.close()
        }
    }
}
