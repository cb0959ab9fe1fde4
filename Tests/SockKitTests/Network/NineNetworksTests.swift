import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct NineNetworksTests {
    private static let connected = Network.nine.filter { $0.kind != .datagram }
    private static let datagrams = Network.nine.filter { $0.kind == .datagram }

    private static let triples: [Network: [Int32]] = [
        .tcp: [2, 1, 6], .tcp4: [2, 1, 6], .tcp6: [10, 1, 6], .udp: [2, 2, 17], .udp4: [2, 2, 17], .udp6: [10, 2, 17],
        .unix: [1, 1, 0], .unixgram: [1, 2, 0], .unixpacket: [1, 5, 0],
    ]

    @Test(arguments: connected)
    func `a connection carries bytes both ways and each end knows the other`(network: Network) async throws {
        try await onLoop {
            let pair = try await loopback(network)
            try await pair.client.write("ping")
            #expect(try await pair.server.readText() == "ping")
            try await pair.server.write("pong")
            #expect(try await pair.client.readText() == "pong")
            #expect(pair.client.localEndpoint == pair.server.remoteEndpoint)
            #expect(pair.client.remoteEndpoint == pair.server.localEndpoint)
            #expect(pair.client.network == network && pair.server.network == network)
            #expect(try triple(of: pair.client.descriptor) == Self.triples[network])
            #expect(try triple(of: pair.server.descriptor) == Self.triples[network])
            pair.close()
        }
    }

    @Test(arguments: datagrams)
    func `a datagram reaches a socket that listens, from one that is connected to it`(network: Network) async throws {
        try await onLoop {
            let socket = try await ListenConfiguration().listenDatagram(network, freshAddress(network))
            socket.readDeadline = .now + patience
            let client = try await Dialer(timeout: patience).dial(network, socket.localEndpoint.description)
            try await client.write("ping")
            var buffer = [UInt8](repeating: 0, count: 100)
            var span = buffer.mutableSpan
            let datagram = try await socket.receive(into: &span)
            #expect(datagram.count == 4 && datagram.source == client.localEndpoint)
            #expect(client.remoteEndpoint == socket.localEndpoint)
            #expect(try triple(of: client.descriptor) == Self.triples[network])
            #expect(try triple(of: socket.descriptor) == Self.triples[network])
            client.close()
            socket.close()
        }
    }

    @Test(arguments: [Network.unixpacket])
    func `messages on a connection keep their boundaries, a short buffer loses the rest`(network: Network) async throws
    {
        try await onLoop {
            let pair = try await loopback(network)
            for message in ["hello", "world!", "x"] { try await pair.client.write(message) }
            #expect(try await pair.server.readText(upTo: 100) == "hello")
            #expect(try await pair.server.readText(upTo: 3) == "wor")
            #expect(try await pair.server.readText(upTo: 100) == "x")
            pair.close()
        }
    }

    @Test func `a stream has no boundaries`() async throws {
        try await onLoop {
            let pair = try await loopback(.unix)
            try await pair.client.write("hello")
            try await pair.client.write("world!")
            #expect(try await pair.server.readText() == "helloworld!")
            pair.close()
        }
    }

    @Test(arguments: [
        (Network.tcp4, "[::1]:80", "::1"), (.tcp6, "127.0.0.1:80", "127.0.0.1"), (.udp4, "[::1]:80", "::1"),
        (.udp6, "127.0.0.1:80", "127.0.0.1"),
    ])
    func `a network of one family does not take an address of the other`(
        network: Network, address: String, host: String
    ) async throws {
        try await onLoop {
            let dialled = try await failure { _ = try await Dialer(timeout: patience).dial(network, address) }
            #expect(dialled.description == "dial \(network): address \(host): no suitable address")
            #expect(dialled.code == "no-suitable-address")
            let listened = try await failure {
                if network.kind == .datagram {
                    _ = try await ListenConfiguration().listenDatagram(network, address)
                } else {
                    _ = try await ListenConfiguration().listen(network, address)
                }
            }
            #expect(listened.description == "listen \(network): address \(host): no suitable address")
        }
    }

    @Test func `a prefix narrows the network`() async throws {
        try await onLoop {
            let listener = try await listen(.tcp4)
            let error = try await failure {
                _ = try await Dialer(timeout: patience).dial(.tcp, "tcp6://\(listener.endpoint)")
            }
            #expect(error.code == "no-suitable-address")
            let other = try await failure { _ = try await ListenConfiguration().listen(.tcp, "tcp6://127.0.0.1:0") }
            #expect(other.code == "no-suitable-address")
            listener.close()
        }
    }

    @Test func `connections are listened for, datagrams received, and neither the other way`() async throws {
        try await onLoop {
            for network in Self.datagrams {
                let error = try await failure {
                    _ = try await ListenConfiguration().listen(network, freshAddress(network))
                }
                #expect(error.code == "usage")
            }
            for network in Self.connected {
                let error = try await failure {
                    _ = try await ListenConfiguration().listenDatagram(network, freshAddress(network))
                }
                #expect(error.code == "usage")
            }
        }
    }

    @Netpoller
    private func triple(of descriptor: PolledDescriptor) throws -> [Int32] {
        try descriptor.withNumber { number throws(Errno) in
            [
                try SocketOption.domain.get(from: number), try SocketOption.type.get(from: number),
                try SocketOption.protocolNumber.get(from: number),
            ]
        }
    }
}
