import SockKit
import Synchronization
import Testing

/// Waiting for datagrams without a task.
@Suite(.timeLimit(.minutes(5))) struct DatagramRestTests {
    private final class Sleeper: StreamSleeper {
        let wakes = Atomic<Int>(0)

        nonisolated func wake() { wakes.add(1, ordering: .relaxed) }

        var count: Int { wakes.load(ordering: .relaxed) }
    }

    @Netpoller
    private func pair() async throws -> (server: DatagramSocket, client: DatagramSocket) {
        let server = try await ListenConfiguration().listenDatagram(.udp, "127.0.0.1:0")
        return (server, try DatagramConfiguration().open(.udp, to: [server.localEndpoint], connected: true))
    }

    @Test func `a datagram, a refusal, a deadline and a close each wake the sleeper`() async throws {
        for cause in ["datagram", "refusal", "deadline", "close"] {
            try await onLoop {
                let (server, client) = try await pair()
                let (batch, sleeper) = (DatagramBatch(), Sleeper())
                let isThere = try client.receiveNow(into: batch)
                #expect(!isThere)
                if cause == "deadline" { client.readDeadline = .now + .milliseconds(20) }
                #expect(client.rest(waking: sleeper))
                let byte: [UInt8] = [7]
                switch cause {
                case "datagram": try await server.send(byte.span, to: client.localEndpoint)
                case "refusal":
                    server.close()
                    let outgoing = try OutgoingBatch(for: client)
                    _ = outgoing.append(byte.span)
                    _ = try client.sendNow(outgoing)
                case "close": client.close()
                default: break
                }
                try await waitUntil("the sleeper is woken by \(cause)") { sleeper.count == 1 }
                if cause == "refusal" {
                    let error = #expect(throws: NetworkError.self) { _ = try client.receiveNow(into: batch) }
                    #expect(error?.code == "ECONNREFUSED")
                } else if cause == "datagram" {
                    let isThere = try client.receiveNow(into: batch)
                    #expect(isThere && batch.count == 1)
                }
                server.close()
                client.close()
            }
        }
    }

    @Test func `what has not gone is taken out as it was, runs and all`() async throws {
        try await onLoop {
            let (server, client) = try await pair()
            let outgoing = try OutgoingBatch(for: client)
            let messages: [[UInt8]] = [[1, 1], [2, 2], [3], [], [4, 4, 4], [5, 5, 5]]
            for message in messages { _ = outgoing.append(message.span) }
            #expect(outgoing.takeRest() == messages)
            #expect(outgoing.isEmpty)
            let first = messages[0]
            let fits = outgoing.append(first.span)
            #expect(fits)
            #expect(try await client.send(outgoing) == 1)
            #expect(outgoing.lastSent == first)
            #expect(outgoing.takeRest() == [])
            server.close()
            client.close()
        }
    }
}
