import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct ResolverTests {
    private static let both: [IPAddress] = [.v6Loopback, .v4Loopback]

    @Test func `a literal address is itself, and nobody is asked`() async throws {
        try await onLoop {
            let resolver = Resolver(literalsOnly: true)
            let four = try await resolver.addresses(of: "127.0.0.1", for: .tcp, until: .past)
            let six = try await resolver.addresses(of: "::1", for: .udp6, until: .past)
            #expect(four == [.v4Loopback] && six == [.v6Loopback])
        }
    }

    @Test(arguments: [(Network.tcp, both), (.tcp4, [.v4Loopback]), (.udp6, [.v6Loopback])])
    func `an override answers with the addresses that suit the network, in its order`(
        network: Network, expected: [IPAddress]
    ) async throws {
        try await onLoop {
            let resolver = Resolver(overrides: ["name": Self.both], literalsOnly: true)
            let found = try await resolver.addresses(of: "name", for: network, until: nil)
            #expect(found == expected)
        }
    }

    @Test func `names are not looked up where only literals are wanted`() async throws {
        try await onLoop {
            let dialer = Dialer(timeout: patience, resolver: Resolver(literalsOnly: true))
            let error = try await failure { _ = try await dialer.dial(.tcp, "localhost:80") }
            #expect(error.code == "usage" && error.description.hasPrefix("dial tcp: lookup localhost: "))
        }
    }

    @Test func `a name without an address of the network's family is told apart from an unknown one`() async throws {
        try await onLoop {
            let resolver = Resolver(overrides: ["six": [.v6Loopback], "none": []])
            let dialer = Dialer(timeout: patience, resolver: resolver)
            let family = try await failure { _ = try await dialer.dial(.tcp4, "six:80") }
            #expect(family.description == "dial tcp4: address six: no suitable address")
            let unknown = try await failure { _ = try await dialer.dial(.tcp, "none:80") }
            #expect(unknown.description == "dial tcp: lookup none: no such host" && unknown.code == "no-such-host")
        }
    }

    @Test func `the system knows localhost, and has no idea of a name that cannot be`() async throws {
        try await onLoop {
            let found = try await Resolver().addresses(of: "localhost", for: .tcp, until: .now + patience)
            #expect(!found.isEmpty && found.allSatisfy { $0.isLoopback })
            // Two dots in a row are no name, so that no server is asked.
            let error = try await failure { _ = try await Dialer(timeout: patience).dial(.tcp, "a..b:80") }
            #expect(error.description == "dial tcp: lookup a..b: no such host")
        }
    }

    @Test(arguments: [("http", Network.tcp, 80), ("0", .tcp, 0), ("65535", .udp, 65535), ("domain", .udp, 53)])
    func `a service is a number or a name from the system's table`(
        service: String, network: Network, port: UInt16
    ) throws {
        #expect(try Resolver().port(of: service, for: network) == port)
    }

    @Test func `a service that nobody knows is an error that names it`() async throws {
        try await onLoop {
            let dialled = try await failure { _ = try await Dialer(timeout: patience).dial(.tcp, "127.0.0.1:no-such") }
            #expect(dialled.description == "dial tcp: unknown port no-such" && dialled.hint != nil)
            let listened = try await failure { _ = try await ListenConfiguration().listen(.tcp, "127.0.0.1:no-such") }
            #expect(listened.description == "listen tcp: unknown port no-such")
        }
    }

    @Test func `a listener on a name takes its first IPv4 address`() async throws {
        try await onLoop {
            let configuration = ListenConfiguration(resolver: Resolver(overrides: ["name": Self.both]))
            let listener = try await configuration.listen(.tcp, "name:0")
            #expect(listener.endpoint.address == .v4Loopback)
            let six = try await configuration.listen(.tcp6, "name:0")
            #expect(six.endpoint.address == .v6Loopback)
            listener.close()
            six.close()
        }
    }
}
