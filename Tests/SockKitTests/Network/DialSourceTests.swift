import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct DialSourceTests {
    @Test func `a source address and port are where the connection comes from`() async throws {
        try await onLoop {
            let listener = try await listen()
            let source = try unboundPlace()
            let client = try await Dialer(timeout: patience, source: source).dial(.tcp, listener.endpoint.description)
            #expect(client.localEndpoint == source)
            #expect(try await listener.accept().remoteEndpoint == source)
            client.close()
            listener.close()
        }
    }

    @Test func `a source port whose last connection lingers can be used again at once`() async throws {
        try await onLoop {
            let source = try unboundPlace()
            for _ in 0..<3 {
                // Another peer each time: the very same pair of ends stays taken.
                let listener = try await listen()
                let client = try await Dialer(timeout: patience, source: source)
                    .dial(.tcp, listener.endpoint.description)
                let server = try await listener.accept()
                client.close()
                server.readDeadline = .now + patience
                #expect(try await server.readText() == "")
                server.close()
                listener.close()
            }
        }
    }

    @Test func `a source address with port 0 leaves the port to the kernel, in either family`() async throws {
        try await onLoop {
            let listener = try await listen()
            for address in [IPAddress(v4: 127, 0, 0, 73), .v4Any, .v6Any] {
                let dialer = Dialer(timeout: patience, source: .ip(address, port: 0))
                let client = try await dialer.dial(.tcp, listener.endpoint.description)
                #expect(client.localEndpoint.address == (address.isUnspecified ? .v4Loopback : address))
                client.close()
            }
            listener.close()
        }
    }

    @Test func `a source of the other family, or of another machine, is an error that names it`() async throws {
        try await onLoop {
            let listener = try await listen()
            let other = try await failure {
                _ = try await Dialer(timeout: patience, source: .ip(.v6Loopback, port: 0))
                    .dial(.tcp, listener.endpoint.description)
            }
            #expect(other.code == "no-suitable-address")
            let foreign = try await failure {
                _ = try await Dialer(timeout: patience, source: .ip(IPAddress(v4: 192, 0, 2, 1), port: 0))
                    .dial(.tcp, listener.endpoint.description)
            }
            #expect(
                foreign.description
                    == "dial tcp 192.0.2.1:0->\(listener.endpoint): bind: cannot assign requested address")
            listener.close()
        }
    }

    @Test func `a dial that would meet itself lets go and tries again`() async throws {
        try await onLoop {
            let place = try unboundPlace()
            let tries = Counter()
            let dialer = Dialer(timeout: patience) { socket, _, _ throws(Errno) in
                guard tries.increment() == 1 else { return }
                try SocketCalls.bind(socket.number, to: place, family: .inet)
            }
            let error = try await failure { _ = try await dialer.dial(.tcp, place.description) }
            #expect(error.errno == .connectionRefused && tries.value == 2)
        }
    }

    @Test func `whoever chooses the port that he dials gets what he asked for: himself`() async throws {
        try await onLoop {
            let place = try unboundPlace()
            let client = try await Dialer(timeout: patience, source: place).dial(.tcp, place.description)
            client.readDeadline = .now + patience
            try await client.write("echo")
            #expect(try await client.readText() == "echo")
            client.close()
        }
    }
}

/// A number that hooks on any thread may raise.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}
