import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct DatagramBatchTests {
    @Netpoller
    private func payloads(_ batch: DatagramBatch) -> [[UInt8]] {
        (0..<batch.count).map { index in
            var bytes: [UInt8] = []
            batch.appendPayloads(index..<index + 1, to: &bytes)
            return bytes
        }
    }

    @Netpoller
    private func connected(_ network: Network, to server: DatagramSocket) throws -> DatagramSocket {
        let source: Endpoint? = network.isUnix ? .unix(.unnamed) : nil
        return try DatagramConfiguration(source: source).open(network, to: [server.localEndpoint], connected: true)
    }

    @Test(arguments: [(Network.udp, false), (.udp, true), (.udp6, true), (.unixgram, false)])
    func `a batch keeps every boundary, whether or not the kernel gathers and cuts`(
        network: Network, offloads: Bool
    ) async throws {
        try await onLoop {
            let server = try await receiver(network)
            let coalesces = offloads && server.coalesceRuns()
            let client = try connected(network, to: server)
            let outgoing = try OutgoingBatch(for: client, segments: offloads)
            let messages: [[UInt8]] = [[1, 1], [2, 2], [3, 3], [4], [], [5, 5, 5], [6, 6, 6]]
            for message in messages {
                let fits = outgoing.append(message.span)
                #expect(fits)
            }
            var sent = 0
            while !outgoing.isEmpty { sent += try await client.send(outgoing) }
            #expect(sent == messages.count)
            let batch = DatagramBatch(coalesced: coalesces)
            var received: [[UInt8]] = []
            while received.count < messages.count {
                try await server.receive(into: batch)
                for index in 0..<batch.count { #expect(batch.source(of: index) == client.localEndpoint) }
                received += payloads(batch)
            }
            #expect(received == messages)
            client.close()
            server.close()
        }
    }

    @Test func `more than fits one call is refused until the others have gone`() async throws {
        try await onLoop {
            let server = try await receiver(.udp)
            let client = try connected(.udp, to: server)
            let outgoing = try OutgoingBatch(for: client, segments: false)
            let byte: [UInt8] = [7]
            var count = 0
            while outgoing.append(byte.span) { count += 1 }
            #expect(count > 0)
            #expect(try await client.send(outgoing) == count)
            outgoing.removeAll()
            let fits = outgoing.append(byte.span)
            #expect(fits)
            client.close()
            server.close()
        }
    }

    @Test func `a limit leaves the others where they are`() async throws {
        try await onLoop {
            let server = try await receiver(.udp)
            let client = try connected(.udp, to: server)
            for byte in UInt8(0)..<5 {
                let message = [byte]
                try await client.send(message.span, to: server.localEndpoint)
            }
            let batch = DatagramBatch()
            try await server.receive(into: batch, limit: 2)
            #expect(payloads(batch) == [[0], [1]])
            try await server.receive(into: batch)
            #expect(payloads(batch) == [[2], [3], [4]])
            client.close()
            server.close()
        }
    }

    @Test func `the kernel tells when a datagram came, where it was sent to, and its TTL`() async throws {
        try await onLoop {
            let server = try await ListenConfiguration().listenDatagram(.udp, ":0")
            server.readDeadline = .now + patience
            server.receiveFacts()
            let port = try #require(server.localEndpoint.port)
            let client = try await receiver(.udp4)
            let message: [UInt8] = [1]
            let before = Timestamp.now.total
            try await client.send(message.span, to: .ip(IPAddress(v4: 127, 0, 0, 5), port: port))
            let batch = DatagramBatch(hasControl: true)
            try await server.receive(into: batch)
            let control = batch.control(of: 0)
            #expect(control.destination == IPAddress(v4: 127, 0, 0, 5))
            #expect(control.timeToLive != nil)
            let arrived = try #require(control.arrived)
            #expect(arrived >= before && arrived <= Timestamp.now.total)
            client.close()
            server.close()
        }
    }

    @Test func `the kernel's drops are known although nothing came after them`() async throws {
        try await onLoop {
            var options = SocketOptions()
            options.receiveBuffer = 4096
            let server = try await ListenConfiguration(options: options).listenDatagram(.udp, "127.0.0.1:0")
            server.readDeadline = .now + patience
            #expect(server.drops == 0)
            let client = try connected(.udp, to: server)
            let outgoing = try OutgoingBatch(for: client, segments: false)
            let message = [UInt8](repeating: 1, count: 1000)
            let sends = 60
            for _ in 0..<sends { _ = outgoing.append(message.span) }
            var sent = 0
            while !outgoing.isEmpty { sent += try await client.send(outgoing) }
            let batch = DatagramBatch()
            var received = 0
            server.readDeadline = .now + .milliseconds(50)
            while (try? await server.receive(into: batch)) != nil { received += batch.count }
            #expect(received > 0 && received < sends)
            #expect(server.drops == sent - received)
            client.close()
            server.close()
        }
    }

    @Test func `refusals are read off the error queue with the address they came from`() async throws {
        try await onLoop {
            let nobody = try #require(Endpoint("127.0.0.66:9"))
            let other = try #require(Endpoint("127.0.0.67:9"))
            let client = try DatagramConfiguration(receivesErrors: true).open(
                .udp, to: [nobody, other], connected: false)
            let outgoing = try OutgoingBatch(for: client, receivers: [nobody, other])
            let message: [UInt8] = [1]
            let fits = outgoing.append(message.span, to: 0)
            #expect(fits)
            _ = try await client.send(outgoing)
            let errors = client.takeErrors()
            #expect(errors.map(\.remote) == [nobody])
            #expect(errors.map(\.errno) == [.connectionRefused])
            client.close()
        }
    }
}
