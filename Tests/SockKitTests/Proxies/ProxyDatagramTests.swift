import Testing

@testable import SockKit

/// Datagrams through a relay that a SOCKS5 proxy gives.
@Suite(.timeLimit(.minutes(5))) struct ProxyDatagramTests {
    /// A relay that the test speaks for, and the proxy that gives it.
    @Netpoller
    private struct Relay {
        let socket: DatagramSocket
        let server: ScriptedServer
        let log = ProxyLog()

        init(naming: (Endpoint) -> [UInt8]) async throws {
            let socket = try await ListenConfiguration().listenDatagram(.udp4, "127.0.0.1:0")
            let answer = naming(socket.localEndpoint)
            self.socket = socket
            socket.readDeadline = .now + patience
            server = try await ScriptedServer { [log] peer in
                _ = try await peer.take(3)
                try await peer.send([5, 0])
                log.heard.append(try await peer.take(10))
                try await peer.send([5, 0, 0] + answer)
                // What ends the connection to the proxy ends the relay.
                _ = try await peer.take(1)
                log.events.append("over")
            }
        }

        func receive() async throws -> (bytes: [UInt8], from: Endpoint) {
            var buffer = [UInt8](repeating: 0, count: 4096)
            var room = buffer.mutableSpan
            let datagram = try await socket.receive(into: &room)
            return (Array(buffer.prefix(datagram.count)), datagram.source)
        }
    }

    private static func address(_ endpoint: Endpoint) -> [UInt8] { [1, 127, 0, 0, 1] + port(endpoint) }
    private static func port(_ endpoint: Endpoint) -> [UInt8] {
        [UInt8(truncatingIfNeeded: (endpoint.port ?? 0) >> 8), UInt8(truncatingIfNeeded: endpoint.port ?? 0)]
    }

    private static let header: [UInt8] = [0, 0, 0, 1, 10, 0, 0, 1, 0, 53]

    @Test(arguments: [false, true])
    func `each has its header on the way, also where the relay is at the proxy's own address`(isNameless: Bool)
        async throws
    {
        try await onLoop {
            let relay = try await Relay { isNameless ? [1, 0, 0, 0, 0] + Self.port($0) : Self.address($0) }
            let dialer = ProxyDialer(ProxyRoute([relay.server.proxy(.socks5)]))
            let destination = Destination(place: .host("10.0.0.1", service: "53"))
            let connection = try await dialer.dialDatagrams(.udp, to: destination, with: literalDialer())
            connection.setDeadline(.now + patience)
            #expect(relay.log.heard == [[5, 3, 0, 1, 0, 0, 0, 0, 0, 0]])
            #expect(connection.remoteEndpoint == relay.socket.localEndpoint && connection.longestMessage == 65507 - 10)
            try await connection.write("ask")
            try await connection.write([])
            let asked = try await relay.receive()
            #expect(asked.bytes == Self.header + Array("ask".utf8) && asked.from == connection.localEndpoint)
            #expect(try await relay.receive().bytes == Self.header)
            // Fragments, what has no header, and what comes from elsewhere are nobody's.
            for datagram in [
                [0, 0, 1] + Self.header.dropFirst(3) + [1], [0, 0], [], [0, 0, 0, 1, 10, 0, 0, 2, 0, 53, 2],
                Self.header + Array("answer".utf8), [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7], Self.header,
            ] as [[UInt8]] {
                try await relay.socket.send(datagram.span, to: asked.from)
            }
            var buffer = [UInt8](repeating: 0, count: 4)
            var room = buffer.mutableSpan
            let answer = try await connection.receiveMessage(into: &room)
            #expect(answer.count == 4 && answer.length == 6 && buffer == Array("answ".utf8))
            #expect(try await connection.readChunk().copy() == [7])
            let empty = try await connection.readChunk()
            #expect(empty.count == 0 && !empty.isEnd)
            empty.giveBack()
            connection.close()
            try await waitUntil("end of the association") { relay.log.events == ["over"] }
            relay.server.close()
        }
    }

    @Test func `a batch has its headers too, and one that came is without`() async throws {
        try await onLoop {
            let relay = try await Relay { Self.address($0) }
            let dialer = ProxyDialer(ProxyRoute([relay.server.proxy(.socks5h)]))
            let socket = try await dialer.openDatagrams(
                .udp, to: Destination(place: .host("some.example", service: "53")), DatagramConfiguration(),
                with: literalDialer())
            socket.readDeadline = .now + patience
            let batch = try OutgoingBatch(for: socket)
            for text in ["one", "", "three"] {
                let isThere = batch.append(Array(text.utf8).span)
                #expect(isThere)
            }
            #expect(batch.byteCount == 8 && batch.first?.length == 3)
            while !batch.isEmpty { _ = try await socket.send(batch) }
            let header: [UInt8] = [0, 0, 0, 3, 12] + Array("some.example".utf8) + [0, 53]
            var from: Endpoint?
            for text in ["one", "", "three"] {
                let received = try await relay.receive()
                #expect(received.bytes == header + Array(text.utf8))
                from = received.from
            }
            for text in ["x", "yz"] {
                try await relay.socket.send((Self.header + Array(text.utf8)).span, to: try #require(from))
            }
            let incoming = DatagramBatch()
            var texts: [String] = []
            while texts.count < 2 {
                try await socket.receive(into: incoming)
                for index in 0..<incoming.count {
                    texts.append(incoming.withPayload(of: index) { String(decoding: $0.copied, as: UTF8.self) })
                    #expect(incoming.length(of: index) == texts.last?.utf8.count)
                }
            }
            #expect(texts == ["x", "yz"])
            socket.close()
            relay.server.close()
        }
    }

    @Test func `when the proxy ends the association, whoever waits is told`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                _ = try await peer.take(3)
                try await peer.send([5, 0])
                _ = try await peer.take(10)
                try await peer.send(ScriptedAnswer.socks5[0])
            }
            let dialer = ProxyDialer(ProxyRoute([server.proxy(.socks5)]))
            let connection = try await dialer.dialDatagrams(
                .udp, to: Destination(place: .host("10.0.0.1", service: "53")), with: literalDialer())
            connection.setDeadline(.now + patience)
            let error = try await failure { _ = try await connection.readChunk() }
            #expect(
                error.description
                    == "read udp 10.0.0.1:53: proxy \(server.proxy(.socks5).name): the association has ended")
            #expect(error.code == "closed")
            server.close()
        }
    }
}
