import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct DialerTests {
    @Test func `a refused dial names the address`() async throws {
        try await onLoop {
            let port = try RefusingPort()
            let time = try await elapsed {
                let error = try await failure {
                    _ = try await Dialer(timeout: patience).dial(.tcp, port.endpoint.description)
                }
                #expect(error.description == "dial tcp \(port.endpoint): connect: connection refused")
                #expect(error.code == "ECONNREFUSED" && error.remote == port.endpoint && error.hint != nil)
            }
            #expect(time < patience)
        }
    }

    @Test func `a dial that gets no answer ends at its timeout`() async throws {
        try await onLoop {
            let hole = try await BlackHole()
            let time = try await elapsed {
                let error = try await failure {
                    _ = try await Dialer(timeout: .milliseconds(300)).dial(.tcp, hole.endpoint.description)
                }
                #expect(error.description == "dial tcp \(hole.endpoint): i/o timeout")
                #expect(error.isTimeout && error.code == "timeout")
            }
            #expect(time >= .milliseconds(300) && time < patience)
            hole.close()
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1)])
    func `a timeout that has passed fails before anything is tried`(timeout: Duration) async throws {
        try await onLoop {
            let listener = try await listen()
            let error = try await failure {
                _ = try await Dialer(timeout: timeout).dial(.tcp, listener.endpoint.description)
            }
            #expect(error.isTimeout)
            listener.close()
        }
    }

    @Test func `a cancelled dial ends at once`() async throws {
        try await onLoop {
            let hole = try await BlackHole()
            let dial = Netpoller.spawn { _ = try await Dialer(timeout: patience).dial(.tcp, hole.endpoint.description) }
            await letOthersRun()
            let time = try await elapsed {
                dial.cancel()
                let error = try await failure { try await dial.value }
                #expect(error.description == "dial tcp \(hole.endpoint): operation was canceled")
            }
            #expect(time < patience)
            hole.close()
        }
    }

    @Test func `a dial's deadline does not stay with the connection`() async throws {
        try await onLoop {
            let listener = try await listen()
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            #expect(client.readDeadline == nil && client.writeDeadline == nil)
            client.close()
            listener.close()
        }
    }

    @Test(arguments: ["", "127.0.0.1", "127.0.0.1:65536", "[::1"])
    func `an address that is none is refused with the reason`(address: String) async throws {
        try await onLoop {
            let error = try await failure { _ = try await Dialer(timeout: patience).dial(.tcp, address) }
            #expect(error.code == "usage" && error.description.hasPrefix("dial tcp: "))
        }
    }

    @Test func `an empty host is this machine`() async throws {
        try await onLoop {
            let listener = try await listen()
            let port = try #require(listener.endpoint.port)
            let dialer = Dialer(timeout: patience, resolver: Resolver(overrides: ["localhost": [.v4Loopback]]))
            let client = try await dialer.dial(.tcp, ":\(port)")
            #expect(client.remoteEndpoint == listener.endpoint)
            client.close()
            listener.close()
        }
    }

    @Test func `an unspecified address reaches this machine`() async throws {
        try await onLoop {
            let listener = try await listen()
            let port = try #require(listener.endpoint.port)
            let client = try await Dialer(timeout: patience).dial(.tcp, "0.0.0.0:\(port)")
            #expect(try await listener.accept().remoteEndpoint == client.localEndpoint)
            client.close()
            listener.close()
        }
    }

    @Test func `a mapped address is the IPv4 address that it stands for`() async throws {
        try await onLoop {
            let listener = try await listen()
            let port = try #require(listener.endpoint.port)
            for network in [Network.tcp, .tcp4] {
                let client = try await Dialer(timeout: patience).dial(network, "[::ffff:127.0.0.1]:\(port)")
                #expect(client.remoteEndpoint == listener.endpoint && client.localEndpoint.address == .v4Loopback)
                client.close()
            }
            let error = try await failure {
                _ = try await Dialer(timeout: patience).dial(.tcp6, "[::ffff:127.0.0.1]:\(port)")
            }
            #expect(error.code == "no-suitable-address")
            listener.close()
        }
    }

    @Test func `there is nothing at a path that does not exist, and nobody behind one that is stale`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/socket"
            let missing = try await failure { _ = try await Dialer(timeout: patience).dial(.unix, path) }
            #expect(missing.description == "dial unix \(path): connect: no such file or directory")
            try makeStaleSocket(at: path)
            let stale = try await failure { _ = try await Dialer(timeout: patience).dial(.unix, path) }
            #expect(stale.errno == .connectionRefused && stale.hint != nil)
            let packet = try await ListenConfiguration().listen(.unixpacket, "\(path)2")
            let wrong = try await failure { _ = try await Dialer(timeout: patience).dial(.unix, "\(path)2") }
            #expect(wrong.errno == .wrongProtocolType && wrong.hint != nil)
            packet.close()
        }
    }
}
