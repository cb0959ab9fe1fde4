@testable import SockKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ListenerTests {
    @Test func `want of descriptors and lost peers are waited out, longer each time, and nobody is lost`() async throws
    {
        try await onLoop {
            let listener = try await listen()
            let faults = FaultSwitch.install(
                "accept4", on: listener.number, [.tooManyOpenFiles, .connectionAborted, .noBufferSpace])
            defer { faults.remove() }
            let log = Log<(String, Duration)>()
            listener.onRetry = { error, _, pause in log.entries.append((error.description, pause)) }
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            let time = try await elapsed {
                let server = try await listener.accept()
                #expect(server.remoteEndpoint == client.localEndpoint)
            }
            #expect(log.entries.map(\.1) == [.milliseconds(5), .milliseconds(10), .milliseconds(20)])
            #expect(log.entries.first?.0 == "accept tcp \(listener.endpoint): accept: too many open files")
            #expect(time >= .milliseconds(35) && time < patience)
            client.close()
            listener.close()
        }
    }

    @Test func `between two newcomers of a flood others have their turn`() async throws {
        try await onLoop {
            let listener = try await listen()
            let clients = try await Self.clients(12, of: listener)
            let turns = TurnCounter()
            defer { turns.stop() }
            var seen: Set<Int> = []
            for _ in clients {
                try await listener.accept().close()
                seen.insert(turns.turns)
            }
            // Four in a row are what makes it a flood.
            #expect(seen.count >= clients.count - 3, "\(seen.sorted())")
            for client in clients { client.close() }
            listener.close()
        }
    }

    @Test func `where some have something to say they have more turns than one`() async throws {
        try await onLoop {
            let listener = try await listen()
            let clients = try await Self.clients(16, of: listener)
            var busy: [Loopback] = []
            for _ in 0..<8 { busy.append(try await loopback()) }
            let talks = busy.flatMap { pair in [Self.talk(on: pair.client), Self.talk(on: pair.server)] }
            for pair in busy { try await pair.client.write("x") }
            let turns = Netpoller.spawn { () -> Int in
                var count = 0
                while await Netpoller.turn() { count += 1 }
                return count
            }
            for _ in clients { try await listener.accept().close() }
            turns.cancel()
            let count = await turns.value
            #expect(count > 2 * clients.count, "\(count)")
            for talk in talks { talk.cancel() }
            for pair in busy { pair.close() }
            for client in clients { client.close() }
            listener.close()
        }
    }

    /// Gives back each byte that comes.
    @Netpoller
    private static func talk(on connection: Connection) -> Task<Void, Never> {
        Netpoller.spawn {
            while let byte = try? await connection.read(upTo: 1), !byte.isEmpty { try? await connection.write(byte) }
        }
    }

    @Netpoller
    private static func clients(_ count: Int, of listener: Listener) async throws -> [Connection] {
        var clients: [Connection] = []
        for _ in 0..<count {
            clients.append(try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description))
        }
        return clients
    }

    @Test func `want that meets one who has come is waited out`() async throws {
        try await onLoop {
            let listener = try await listen()
            let log = Log<(String, Duration)>()
            listener.onRetry = { error, _, pause in log.entries.append((error.description, pause)) }
            let lost = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            let shortage = AdoptionFault(listener.number, .noMemory)
            SystemCall.watch(shortage)
            defer { SystemCall.unwatch { ($0 as? AdoptionFault) === shortage } }
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            let server = try await listener.accept()
            #expect(server.remoteEndpoint == client.localEndpoint)
            #expect(log.entries.map(\.1) == [.milliseconds(5)])
            #expect(log.entries.first?.0 == "accept tcp \(listener.endpoint): accept: cannot allocate memory")
            for end in [lost, client, server] { end.close() }
            listener.close()
        }
    }

    @Test func `the pauses begin anew with the next accept`() async throws {
        try await onLoop {
            let listener = try await listen()
            let faults = FaultSwitch.install("accept4", on: listener.number, [.tooManyOpenFiles])
            let log = Log<Duration>()
            listener.onRetry = { _, _, pause in log.entries.append(pause) }
            for _ in 0..<2 {
                let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
                _ = try await listener.accept()
                client.close()
                faults.remove()
                SystemCall.watch(faults)
            }
            faults.remove()
            let second = FaultSwitch.install("accept4", on: listener.number, [.tooManyOpenFilesInSystem, .noMemory])
            defer { second.remove() }
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            _ = try await listener.accept()
            #expect(log.entries == [.milliseconds(5), .milliseconds(5), .milliseconds(10)])
            client.close()
            listener.close()
        }
    }

    @Test func `any other error ends accept`() async throws {
        try await onLoop {
            let listener = try await listen()
            let faults = FaultSwitch.install("accept4", on: listener.number, [.invalidArgument])
            defer { faults.remove() }
            let error = try await failure { _ = try await listener.accept() }
            #expect(error.description == "accept tcp \(listener.endpoint): accept: invalid argument")
            #expect(error.local == listener.endpoint && error.operation == .accept)
            listener.close()
        }
    }

    @Test func `close wakes every accept that waits`() async throws {
        try await onLoop {
            let listener = try await listen()
            let waiting = (0..<3).map { _ in Netpoller.spawn { _ = try await listener.accept() } }
            await letOthersRun()
            listener.close()
            listener.close()
            for task in waiting {
                let error = try await failure { try await task.value }
                #expect(error.isClosed)
                #expect(error.description == "accept tcp \(listener.endpoint): use of closed network connection")
            }
            #expect(try await failure { _ = try await listener.accept() }.isClosed)
        }
    }

    @Test func `neither close nor a deadline waits for the end of a pause`() async throws {
        try await expectSoonInPause({ $0.close() }, \.isClosed)
        try await expectSoonInPause({ $0.deadline = .past }, \.isTimeout)
    }

    /// Ends an accept in the middle of a pause of a second, five times at most: where this process itself is held up for
    /// so long, nothing was seen.
    private func expectSoonInPause(
        _ end: @escaping @Netpoller @Sendable (Listener) -> Void,
        _ isRight: @escaping @Sendable (NetworkError) -> Bool
    ) async throws {
        for _ in 1...5 {
            let time = try await onLoop {
                let listener = try await listen()
                let faults = FaultSwitch.install(
                    "accept4", on: listener.number, [Errno](repeating: .tooManyOpenFiles, count: 100))
                defer { faults.remove() }
                let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
                let longPause = Promise<Void>()
                listener.onRetry = { _, _, pause in if pause >= .seconds(1) { longPause.fulfil(()) } }
                let accepting = Netpoller.spawn { _ = try await listener.accept() }
                _ = await longPause.wait(until: .now + patience)
                defer {
                    client.close()
                    listener.close()
                }
                return try await elapsed {
                    end(listener)
                    let error = try await failure { try await accepting.value }
                    #expect(isRight(error), "\(error)")
                }
            }
            if time < .milliseconds(800) { return }
        }
        Issue.record("five times it took as long as the pause")
    }

    @Test func `a deadline ends accept, and one lifted lets it go on`() async throws {
        try await onLoop {
            let listener = try await listen()
            listener.deadline = .past
            let error = try await failure { _ = try await listener.accept() }
            #expect(error.description == "accept tcp \(listener.endpoint): i/o timeout" && error.isTimeout)
            listener.deadline = .now + patience
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            #expect(try await listener.accept().remoteEndpoint == client.localEndpoint)
            client.close()
            listener.close()
        }
    }

    @Test func `two accepts share the peers that come`() async throws {
        try await onLoop {
            let listener = try await listen()
            let waiting = (0..<2).map { _ in Netpoller.spawn { try await listener.accept().remoteEndpoint } }
            await letOthersRun()
            let clients = [
                try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description),
                try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description),
            ]
            let seen = try await [waiting[0].value, waiting[1].value]
            #expect(Set(seen) == Set(clients.map(\.localEndpoint)))
            for client in clients { client.close() }
            listener.close()
        }
    }

    @Test func `a listener that nobody holds any more no longer listens`() async throws {
        try await onLoop {
            let place = try await listen().endpoint
            await letOthersRun()
            let error = try await failure { _ = try await Dialer(timeout: patience).dial(.tcp, place.description) }
            #expect(error.errno == .connectionRefused)
        }
    }
}

/// Refuses the loop the first connection that a listener gives.
private final class AdoptionFault: SystemCallObserver {
    private let listener: Int32
    private let error: Errno
    private let accepted = Lock<Int32?>(nil)

    init(_ listener: Int32, _ error: Errno) {
        (self.listener, self.error) = (listener, error)
    }

    func observe(_ record: SystemCallRecord) {
        guard record.call == "accept4", record.arguments.prefix(while: { $0 != "," }) == "\(listener)" else { return }
        accepted.withLock { $0 = $0 ?? Int32(record.result) }
    }

    func fault(for call: String, descriptor: Int32) -> Errno? {
        accepted.withLock { number in
            guard call == "epoll_ctl", number == descriptor else { return nil }
            // It stays known, so that no other is taken for the first.
            number = -1
            return error
        }
    }
}
