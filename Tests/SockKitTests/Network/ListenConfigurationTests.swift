import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct ListenConfigurationTests {
    @Test func `port 0 is a port of the kernel's choice, and the listener says which`() async throws {
        try await onLoop {
            let first = try await listen()
            let second = try await listen()
            #expect(try #require(first.endpoint.port) > 0 && first.endpoint.address == .v4Loopback)
            #expect(first.endpoint != second.endpoint)
            first.close()
            second.close()
        }
    }

    @Test func `an empty host is every interface of both families, and an IPv4 peer shows as such`() async throws {
        try await onLoop {
            let listener = try await ListenConfiguration().listen(.tcp, ":0")
            listener.deadline = .now + patience
            let port = try #require(listener.endpoint.port)
            #expect(listener.endpoint == .ip(.v6Any, port: port))
            for host in ["127.0.0.1", "[::1]"] {
                let client = try await Dialer(timeout: patience).dial(.tcp, "\(host):\(port)")
                let server = try await listener.accept()
                #expect(server.remoteEndpoint == client.localEndpoint)
                #expect(server.localEndpoint.description == "\(host):\(port)")
                client.close()
                server.close()
            }
            listener.close()
        }
    }

    @Test(arguments: [(Network.tcp4, IPAddress.v4Any, IPAddress.v6Loopback), (.tcp6, .v6Any, .v4Loopback)])
    func `every interface of one family refuses the other`(
        network: Network, any: IPAddress, other: IPAddress
    ) async throws {
        try await onLoop {
            try await untilPortsAreFree {
                let listener = try await ListenConfiguration().listen(network, ":0")
                defer { listener.close() }
                let port = try #require(listener.endpoint.port)
                #expect(listener.endpoint.address == any)
                // Nobody else gets the port in the other family, and if the listener had it this would fail.
                let refusing = try RefusingPort(other, port: port)
                let place = refusing.endpoint.description
                let error = try await failure { _ = try await Dialer(timeout: patience).dial(.tcp, place) }
                #expect(error.errno == .connectionRefused && error.remote == refusing.endpoint)
            }
        }
    }

    @Test func `an IPv6 address does not occupy the port for IPv4`() async throws {
        try await onLoop {
            try await untilPortsAreFree {
                let listener = try await ListenConfiguration().listen(.tcp6, ":0")
                defer { listener.close() }
                let port = try #require(listener.endpoint.port)
                let other = try await ListenConfiguration().listen(.tcp4, ":\(port)")
                #expect(other.endpoint.port == port)
                other.close()
            }
        }
    }

    @Test func `a port that somebody listens on is refused in Go's words`() async throws {
        try await onLoop {
            let listener = try await listen()
            let error = try await failure {
                _ = try await ListenConfiguration().listen(.tcp, listener.endpoint.description)
            }
            #expect(error.description == "listen tcp \(listener.endpoint): bind: address already in use")
            #expect(error.code == "EADDRINUSE" && error.local == listener.endpoint)
            #expect(error.hint != nil)
            listener.close()
        }
    }

    @Test func `an address of another machine cannot be listened on`() async throws {
        try await onLoop {
            let error = try await failure { _ = try await ListenConfiguration().listen(.tcp, "192.0.2.1:0") }
            #expect(error.description == "listen tcp 192.0.2.1:0: bind: cannot assign requested address")
        }
    }

    @Test func `a port whose last connection lingers can be listened on again at once`() async throws {
        try await onLoop {
            // Nobody else can be given it between close and listen.
            let place = try unboundPlace()
            let listener = try await ListenConfiguration().listen(.tcp, place.description)
            let client = try await Dialer(timeout: patience).dial(.tcp, place.description)
            let server = try await listener.accept()
            // The side that closes first keeps the port in TIME_WAIT.
            server.close()
            client.readDeadline = .now + patience
            #expect(try await client.readText() == "")
            client.close()
            listener.close()
            let again = try await ListenConfiguration().listen(.tcp, place.description)
            #expect(again.endpoint == place)
            again.close()
        }
    }

    @Test(arguments: [0, 1, 3] as [Int32])
    func `the queue holds one peer more than its backlog, the next dial gets no answer`(backlog: Int32) async throws {
        try await onLoop {
            let limit = try Int32(FileCalls.contents(of: "/proc/sys/net/core/somaxconn").dropLast()) ?? 0
            let listener = try await listen(backlog: backlog)
            let place = listener.endpoint.description
            var clients: [Connection] = []
            for _ in 0...min(backlog, limit) { clients.append(try await Dialer(timeout: patience).dial(.tcp, place)) }
            let error = try await failure { _ = try await Dialer(timeout: .milliseconds(100)).dial(.tcp, place) }
            #expect(error.isTimeout)
            for client in clients { #expect(try await listener.accept().remoteEndpoint == client.localEndpoint) }
            for client in clients { client.close() }
            listener.close()
        }
    }

    @Test func `closing the listener resets the peers that wait in its queue`() async throws {
        try await onLoop {
            let listener = try await listen()
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            client.readDeadline = .now + patience
            listener.close()
            let error = try await failure { _ = try await client.read(upTo: 1) }
            #expect(error.errno == .connectionReset && error.call == "read")
            client.close()
        }
    }

    @Test func `a peer that has come and gone is still accepted, with what it said`() async throws {
        try await onLoop {
            let listener = try await listen()
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            try await client.write("bye")
            client.close()
            let server = try await listener.accept()
            server.readDeadline = .now + patience
            #expect(try await server.readAll() == Array("bye".utf8))
            server.close()
            listener.close()
        }
    }

    @Test func `two listeners share a port where both ask for it`() async throws {
        try await onLoop {
            var options = SocketOptions()
            options.reusesPort = true
            let first = try await listen(options: options)
            let second = try await ListenConfiguration(options: options).listen(.tcp, first.endpoint.description)
            #expect(second.endpoint == first.endpoint)
            first.close()
            second.close()
        }
    }
}
