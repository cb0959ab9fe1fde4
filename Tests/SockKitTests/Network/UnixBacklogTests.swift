import Glibc
import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct UnixBacklogTests {
    @Test(arguments: [Network.unix, .unixpacket])
    func `a dial to a full queue waits until somebody is accepted`(network: Network) async throws {
        try await onLoop {
            let listener = try await listen(network, backlog: 1)
            let place = listener.endpoint.description
            let queued = [
                try await Dialer(timeout: patience).dial(network, place),
                try await Dialer(timeout: patience).dial(network, place),
            ]
            let waiting = Netpoller.spawn { try await Dialer(timeout: patience).dial(network, place) }
            await letOthersRun()
            let accepted = try await listener.accept()
            let late = try await waiting.value
            try await late.write("late")
            #expect(try await listener.accept().remoteEndpoint == queued[1].localEndpoint)
            let last = try await listener.accept()
            last.readDeadline = .now + patience
            #expect(try await last.readText() == "late")
            for connection in queued + [accepted, late, last] { connection.close() }
            listener.close()
        }
    }

    @Test func `a dial to a full queue ends at its timeout, or when it is cancelled`() async throws {
        try await onLoop {
            let listener = try await listen(.unix, backlog: 0)
            let place = listener.endpoint.description
            let queued = try await Dialer(timeout: patience).dial(.unix, place)
            let time = try await elapsed {
                let error = try await failure {
                    _ = try await Dialer(timeout: .milliseconds(100)).dial(.unix, place)
                }
                #expect(error.description == "dial unix \(place): i/o timeout" && error.isTimeout)
            }
            #expect(time >= .milliseconds(100) && time < patience)
            let dial = Netpoller.spawn { _ = try await Dialer(timeout: patience).dial(.unix, place) }
            await letOthersRun()
            dial.cancel()
            #expect(try await failure { try await dial.value }.cause == .cancelled)
            queued.close()
            listener.close()
        }
    }

    @Test func `a dial with a name of its own waits as well, on one socket`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let listener = try await listen(.unix, backlog: 0)
            let place = listener.endpoint.description
            let queued = try await Dialer(timeout: patience).dial(.unix, place)
            let source = Endpoint.unix(.path("\(directory.path)/mine"))
            let sockets = Lock<[FaultSwitch]>([])
            let dialer = Dialer(timeout: patience, source: source) { socket, _, _ throws(Errno) in
                let watch = FaultSwitch.install("connect", on: socket.number)
                sockets.withLock { $0.append(watch) }
            }
            defer { for watch in sockets.withLock({ $0 }) { watch.remove() } }
            let waiting = Netpoller.spawn { try await dialer.dial(.unix, place) }
            try await waitUntil("a second try") { sockets.withLock { $0.first?.calls ?? 0 } > 1 }
            let first = try await listener.accept()
            let late = try await waiting.value
            #expect(try await listener.accept().remoteEndpoint == source)
            #expect(sockets.withLock { $0.count } == 1)
            for connection in [queued, first, late] { connection.close() }
            listener.close()
        }
    }
}
