import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct DatagramSocketTests {
    @Test(arguments: [Network.udp, .udp6, .unixgram])
    func `each read is one datagram, an empty one included`(network: Network) async throws {
        try await onLoop {
            let socket = try await receiver(network)
            let client = try await Dialer(timeout: patience).dial(network, socket.localEndpoint.description)
            let messages = ["a", "bb", "", "dddd"]
            for message in messages { try await client.write(message) }
            for message in messages {
                let (datagram, bytes) = try await receive(socket)
                #expect(bytes == Array(message.utf8) && !datagram.isTruncated)
            }
            client.close()
            socket.close()
        }
    }

    @Test(arguments: [Network.udp, .unixgram])
    func `what does not fit the buffer is lost, and the datagram says how long it was`(network: Network) async throws {
        try await onLoop {
            let socket = try await receiver(network)
            let client = try await Dialer(timeout: patience).dial(network, socket.localEndpoint.description)
            try await client.write("0123456789")
            try await client.write("next")
            let (datagram, bytes) = try await receive(socket, upTo: 4)
            #expect(bytes == Array("0123".utf8) && datagram.length == 10 && datagram.isTruncated)
            #expect(try await receive(socket).1 == Array("next".utf8))
            client.close()
            socket.close()
        }
    }

    @Test(arguments: [Network.udp, .udp4, .udp6])
    func `a socket answers where a datagram came from`(network: Network) async throws {
        try await onLoop {
            let server = try await receiver(network)
            let client = try await receiver(network)
            try await client.send([1, 2].span, to: server.localEndpoint)
            let (question, _) = try await receive(server)
            #expect(question.source == client.localEndpoint)
            try await server.send([3].span, to: question.source)
            let (answer, bytes) = try await receive(client)
            #expect(answer.source == server.localEndpoint && bytes == [3])
            server.close()
            client.close()
        }
    }

    @Test func `a socket on every interface shows and reaches IPv4 peers as such`() async throws {
        try await onLoop {
            let server = try await ListenConfiguration().listenDatagram(.udp, ":0")
            server.readDeadline = .now + patience
            let port = try #require(server.localEndpoint.port)
            let client = try await receiver(.udp4)
            try await client.send([1].span, to: .ip(.v4Loopback, port: port))
            let (datagram, _) = try await receive(server)
            #expect(datagram.source == client.localEndpoint)
            try await server.send([2].span, to: datagram.source)
            #expect(try await receive(client).1 == [2])
            server.close()
            client.close()
        }
    }

    @Test func `a connected socket hears only its peer`() async throws {
        try await onLoop {
            let (peer, stranger) = (try await receiver(.udp), try await receiver(.udp))
            let client = try await Dialer(timeout: patience).dial(.udp, peer.localEndpoint.description)
            client.readDeadline = .now + patience
            try await stranger.send(Array("stranger".utf8).span, to: client.localEndpoint)
            try await peer.send(Array("peer".utf8).span, to: client.localEndpoint)
            #expect(try await client.readText() == "peer")
            client.readDeadline = .now + .milliseconds(20)
            #expect(try await failure { _ = try await client.readText() }.isTimeout)
            for socket in [peer, stranger] { socket.close() }
            client.close()
        }
    }

    @Test func `an empty datagram is not the end of a connected socket`() async throws {
        try await onLoop {
            let peer = try await receiver(.udp)
            let client = try await Dialer(timeout: patience).dial(.udp, peer.localEndpoint.description)
            client.readDeadline = .now + patience
            try await peer.send([UInt8]().span, to: client.localEndpoint)
            try await peer.send(Array("after".utf8).span, to: client.localEndpoint)
            #expect(try await client.readText() == "")
            #expect(try await client.readText() == "after")
            peer.close()
            client.close()
        }
    }

    @Test func `a port that nobody has refuses the second datagram of a connected socket, once`() async throws {
        try await onLoop {
            let place = try unboundPlace()
            let client = try await Dialer(timeout: patience).dial(.udp, place.description)
            client.readDeadline = .now + patience
            try await client.write("one")
            let error = try await failure { _ = try await client.readText() }
            #expect(error.errno == .connectionRefused)
            #expect(error.description.hasSuffix("->\(place): read: connection refused"))
            try await client.write("two")
            let second = try await failure { try await client.write("three") }
            #expect(second.errno == .connectionRefused && second.bytesTransferred == 0)
            try await client.write("four")
            client.close()
        }
    }

    @Test(arguments: [(Network.udp4, 65507), (.udp6, 65527)])
    func `the longest datagram passes, one byte more is too long`(network: Network, length: Int) async throws {
        try await onLoop {
            let socket = try await receiver(network)
            let client = try await receiver(network)
            let bytes = noise(length + 1)
            try await client.send(Array(bytes.dropLast()).span, to: socket.localEndpoint)
            #expect(try await receive(socket, upTo: 70_000).1 == Array(bytes.dropLast()))
            let error = try await failure { try await client.send(bytes.span, to: socket.localEndpoint) }
            #expect(error.errno == .messageTooLong && error.hint != nil)
            let ends = "\(client.localEndpoint)->\(socket.localEndpoint)"
            #expect(error.description == "write \(network) \(ends): sendto: message too long")
            client.close()
            socket.close()
        }
    }

    @Test func `deadlines and close end a wait for datagrams`() async throws {
        try await onLoop {
            let socket = try await receiver(.udp)
            socket.readDeadline = .past
            let timeout = try await failure { _ = try await receive(socket) }
            #expect(timeout.description == "read udp \(socket.localEndpoint): i/o timeout")
            socket.readDeadline = nil
            let waiter = Netpoller.spawn { _ = try await receive(socket) }
            await letOthersRun()
            socket.close()
            socket.close()
            #expect(try await failure { try await waiter.value }.isClosed)
            #expect(try await failure { try await socket.send([1].span, to: socket.localEndpoint) }.isClosed)
        }
    }

    @Test func `a port is taken by one socket`() async throws {
        try await onLoop {
            let socket = try await receiver(.udp)
            let error = try await failure {
                _ = try await ListenConfiguration().listenDatagram(.udp, socket.localEndpoint.description)
            }
            #expect(error.description == "listen udp \(socket.localEndpoint): bind: address already in use")
            socket.close()
        }
    }
}

/// A datagram socket on a place of its own.
@Netpoller
func receiver(_ network: Network) async throws -> DatagramSocket {
    let socket = try await ListenConfiguration().listenDatagram(network, freshAddress(network))
    socket.readDeadline = .now + patience
    socket.writeDeadline = .now + patience
    return socket
}

/// One datagram, with as much of it as fits.
@Netpoller
func receive(_ socket: DatagramSocket, upTo count: Int = 1024) async throws -> (Datagram, [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: count)
    var span = buffer.mutableSpan
    let datagram = try await socket.receive(into: &span)
    return (datagram, Array(buffer.prefix(datagram.count)))
}
