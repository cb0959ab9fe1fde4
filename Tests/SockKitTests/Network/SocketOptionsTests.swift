import Glibc
import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct SocketOptionsTests {
    private static let keepAlive: [SocketOption] = [
        .keepAlive, .keepAliveIdle, .keepAliveInterval, .keepAliveCount, .noDelay,
    ]

    @Test(arguments: [Network.tcp4, .tcp6])
    func `dialled and accepted sockets have Go's keep-alive and no Nagle`(network: Network) async throws {
        try await onLoop {
            let pair = try await loopback(network)
            for connection in [pair.client, pair.server] {
                #expect(try Self.keepAlive.map { try connection.option($0) } == [1, 15, 15, 9, 1])
                #expect(fcntl(connection.number, F_GETFL) & O_NONBLOCK != 0)
                #expect(fcntl(connection.number, F_GETFD) == FD_CLOEXEC)
            }
            pair.close()
        }
    }

    @Test func `keep-alive can be off, and of other times`() async throws {
        try await onLoop {
            var (off, other) = (SocketOptions(), SocketOptions())
            off.keepAlive = .off
            other.keepAlive = KeepAlive(idle: .seconds(7), interval: .milliseconds(1), count: 3)
            off.noDelay = false
            let pair = try await loopback(client: off, server: other)
            #expect(try pair.client.option(.keepAlive) == 0 && pair.client.option(.noDelay) == 0)
            // Whole seconds, of which there must be one.
            #expect(try Self.keepAlive.map { try pair.server.option($0) } == [1, 7, 1, 3, 1])
            pair.close()
        }
    }

    @Test(arguments: [Network.tcp4, .tcp6])
    func `everything that is asked for is set on both ends`(network: Network) async throws {
        try await onLoop {
            var options = SocketOptions()
            (options.sendBuffer, options.receiveBuffer) = (50_000, 40_000)
            (options.timeToLive, options.typeOfService) = (9, 0x10)
            (options.userTimeout, options.maximumSegment) = (.milliseconds(2500), 1000)
            options.interface = "lo"
            let pair = try await loopback(network, client: options, server: options)
            let isV4 = network == .tcp4
            for connection in [pair.client, pair.server] {
                #expect(try connection.option(.sendBuffer) == 100_000 && connection.option(.receiveBuffer) == 80_000)
                #expect(try connection.option(isV4 ? .timeToLive : .hopLimit) == 9)
                #expect(try connection.option(.userTimeout) == 2500)
            }
            #expect(try pair.client.option(isV4 ? .typeOfService : .trafficClass) == 0x10)
            pair.close()
        }
    }

    @Test func `what TCP alone has is not asked of others`() async throws {
        try await onLoop {
            var options = SocketOptions()
            (options.userTimeout, options.maximumSegment, options.linger) = (.seconds(1), 1000, .zero)
            for network in [Network.udp, .unixgram] {
                try await ListenConfiguration(options: options).listenDatagram(network, freshAddress(network)).close()
            }
            for network in [Network.unix, .unixpacket] {
                try await loopback(network, client: options, server: options).close()
            }
        }
    }

    @Test func `an option that the kernel refuses is named`() async throws {
        try await onLoop {
            var options = SocketOptions()
            options.maximumSegment = 1
            let error = try await failure {
                _ = try await Dialer(timeout: patience, options: options).dial(.tcp, "127.0.0.1:9")
            }
            #expect(error.description == "dial tcp 127.0.0.1:9: setsockopt TCP_MAXSEG: invalid argument")
            options.maximumSegment = nil
            options.interface = "no-such-if"
            let listened = try await failure {
                _ = try await ListenConfiguration(options: options).listen(.tcp, "127.0.0.1:0")
            }
            #expect(
                listened.description
                    == "listen tcp 127.0.0.1:0: setsockopt SO_BINDTODEVICE no-such-if: no such device")
        }
    }

    @Test func `an interface for groups that is not there is named`() async throws {
        try await onLoop {
            var options = SocketOptions()
            // The number is more than the kernel's own go to.
            for name in ["no-such-if", "3000000000"] {
                options.multicastInterface = name
                let sent = try await failure {
                    _ = try await ListenConfiguration(options: options).listenDatagram(.udp, "127.0.0.1:0")
                }
                #expect(
                    sent.description == "listen udp 127.0.0.1:0: setsockopt IP_MULTICAST_IF \(name): no such device")
                #expect(sent.call == "setsockopt IP_MULTICAST_IF" && sent.errno == .noSuchInterface)
            }
            let socket = try await ListenConfiguration().listenDatagram(.udp, "0.0.0.0:0")
            let group = try #require(IPAddress("239.1.2.3"))
            let joined = try await failure { try socket.join(group, interface: "no-such-if") }
            #expect(joined.description.hasSuffix(": setsockopt MCAST_JOIN_GROUP no-such-if: no such device"))
            socket.close()
        }
    }

    @Test(.needsIPv6) func `an interface for IPv6 groups that is not there is named`() async throws {
        try await onLoop {
            var options = SocketOptions()
            options.multicastInterface = "no-such-if"
            let error = try await failure {
                _ = try await ListenConfiguration(options: options).listenDatagram(.udp6, "[::1]:0")
            }
            #expect(error.description.hasSuffix(": setsockopt IPV6_MULTICAST_IF no-such-if: no such device"))
        }
    }

    @Test func `a linger of nothing makes close a reset`() async throws {
        try await onLoop {
            var options = SocketOptions()
            options.linger = .zero
            let pair = try await loopback(server: options)
            pair.server.close()
            #expect(try await failure { _ = try await pair.client.read(upTo: 1) }.errno == .connectionReset)
            pair.close()
        }
    }
}
