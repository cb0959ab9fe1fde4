import Glibc
import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ControlHookTests {
    @Test func `a dial's hook sees the raw socket after its options and before it is bound or connected`() async throws
    {
        try await onLoop {
            let listener = try await listen()
            let seen = Lock<(local: Endpoint?, noDelay: Int32, remote: Endpoint?)?>(nil)
            let source = Endpoint.ip(IPAddress(v4: 127, 0, 0, 76), port: 0)
            let dialer = Dialer(timeout: patience, source: source) { socket, _, remote throws(Errno) in
                let local = try SocketCalls.localEndpoint(of: socket.number)
                let noDelay = try SocketOption.noDelay.get(from: socket.number)
                seen.withLock { $0 = (local, noDelay, remote) }
                try socket.setOption(level: SOL_SOCKET, name: SO_PRIORITY, value: 5)
            }
            let client = try await dialer.dial(.tcp, listener.endpoint.description)
            let state = try #require(seen.withLock { $0 })
            #expect(state.local == .ip(.v4Any, port: 0) && state.noDelay == 1 && state.remote == listener.endpoint)
            #expect(client.localEndpoint.address == source.address)
            var value: Int32 = 0
            var size = socklen_t(4)
            #expect(unsafe getsockopt(client.number, SOL_SOCKET, SO_PRIORITY, &value, &size) == 0)
            #expect(value == 5)
            client.close()
            listener.close()
        }
    }

    @Test func `a listener's hook comes before bind and is told where it will listen`() async throws {
        try await onLoop {
            let seen = Lock<(Endpoint, Endpoint?)?>(nil)
            let configuration = ListenConfiguration { socket, _, place throws(Errno) in
                let bound = try SocketCalls.localEndpoint(of: socket.number)
                seen.withLock { $0 = (bound, place) }
            }
            let listener = try await configuration.listen(.tcp, "127.0.0.1:0")
            let state = try #require(seen.withLock { $0 })
            #expect(state.0 == .ip(.v4Any, port: 0) && state.1 == .ip(.v4Loopback, port: 0))
            listener.close()
        }
    }

    @Test func `a hook's error ends the operation, and the socket does not stay open`() async throws {
        try await onLoop {
            let inodes = Lock<[UInt64]>([])
            let hook: ControlHook = { socket, _, _ throws(Errno) in
                let identity = try FileCalls.identity(of: socket.number)
                inodes.withLock { $0.append(identity.inode) }
                throw .notPermitted
            }
            let dial = try await failure {
                _ = try await Dialer(timeout: patience, control: hook).dial(.tcp, "127.0.0.1:9")
            }
            #expect(dial.description == "dial tcp 127.0.0.1:9: control: operation not permitted")
            let listen = try await failure {
                _ = try await ListenConfiguration(control: hook).listen(.tcp, "127.0.0.1:0")
            }
            #expect(listen.description == "listen tcp 127.0.0.1:0: control: operation not permitted")
            let datagram = try await failure {
                _ = try await ListenConfiguration(control: hook).listenDatagram(.udp, "127.0.0.1:0")
            }
            #expect(datagram.errno == .notPermitted)
            let open = Set(socketInodes(of: getpid()).map(UInt64.init))
            #expect(inodes.withLock { $0.count } == 3 && open.isDisjoint(with: inodes.withLock { $0 }))
        }
    }

    @Test func `a dial that fails or times out leaves no socket open`() async throws {
        try await onLoop {
            let inodes = Lock<[UInt64]>([])
            let hook: ControlHook = { socket, _, _ throws(Errno) in
                let identity = try FileCalls.identity(of: socket.number)
                inodes.withLock { $0.append(identity.inode) }
            }
            let hole = try await BlackHole()
            let port = try RefusingPort()
            for place in [hole.endpoint, port.endpoint] {
                let dialer = Dialer(timeout: .milliseconds(50), control: hook)
                _ = try await failure { _ = try await dialer.dial(.tcp, place.description) }
            }
            let open = Set(socketInodes(of: getpid()).map(UInt64.init))
            #expect(inodes.withLock { $0.count } == 2 && open.isDisjoint(with: inodes.withLock { $0 }))
            hole.close()
        }
    }
}
