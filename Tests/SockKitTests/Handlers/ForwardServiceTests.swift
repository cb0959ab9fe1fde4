import SockKit
import Testing

@testable import sockctl

/// Pairs of a forwarder that begin without a task.
@Suite(.timeLimit(.minutes(2))) struct ForwardServiceTests {
    @Test func `a target that is told whose a connection is has it without a task`() async throws {
        try await onLoop {
            let listener = try await listen()
            let service = try Self.service(to: listener, sends: true)
            let pair = try await loopback()
            let peer = Peer(pair.server, number: 1, reporter: Self.quiet)
            guard case .rests = service.serveNow(peer) else {
                Issue.record("a task has to go on")
                return
            }
            let target = try await listener.accept()
            let ends = ProxyHeader.Ends(pair.client.localEndpoint, to: pair.client.remoteEndpoint)
            let header = ProxyHeader(.two, ends).bytes
            try await pair.client.write("payload")
            #expect(try await target.readAll(header.count + 7) == header + Array("payload".utf8))
            peer.onStop?()
            (peer.conversation as? ForwardedPair)?.close()
            for connection in [pair.client, pair.server, target] { connection.close() }
            listener.close()
        }
    }

    @Test func `a target that is lost before it is told whose a connection is meets it once`() async throws {
        try await onLoop {
            let listener = try await listen()
            let hasty = HastyTarget(listener, says: [])
            defer { hasty.leave() }
            let service = try Self.service(to: listener, sends: true)
            let pair = try await loopback()
            let peer = Peer(pair.server, number: 1, reporter: Self.quiet)
            guard case .goesOn = service.serveNow(peer) else {
                Issue.record("no task is to go on")
                return
            }
            let error = try await failure { _ = try await service.serve(peer) }
            #expect(error.errno == .connectionReset)
            #expect(hasty.visits == 1 && peer.isCutOff)
            for connection in [pair.client, pair.server] { connection.close() }
            listener.close()
        }
    }

    @Test func `a target that resets without a word is met once, and then the next one`() async throws {
        try await onLoop {
            let (first, second) = (try await listen(), try await listen())
            let hasty = HastyTarget(first, says: [])
            defer { hasty.leave() }
            let service = try Self.service(to: first, second)
            let pair = try await loopback()
            let peer = Peer(pair.server, number: 1, reporter: Self.quiet)
            guard case .goesOn = service.serveNow(peer) else {
                Issue.record("no task is to go on")
                return
            }
            let ends = Netpoller.spawn { _ = try? await service.serve(peer) }
            let target = try await second.accept()
            try await pair.client.write("payload")
            #expect(try await target.readAll(7) == Array("payload".utf8))
            #expect(hasty.visits == 1)
            peer.onStop?()
            (peer.conversation as? ForwardedPair)?.close()
            await ends.value
            for connection in [pair.client, pair.server, target] { connection.close() }
            for listener in [first, second] { listener.close() }
        }
    }

    @Test(arguments: [Errno.connectionReset, .brokenPipe])
    func `what became of a target counts once where it is tried again`(error: Errno) async throws {
        try await onLoop {
            let listener = try await listen()
            let lost = NetworkError(.dial, network: .tcp, cause: .system(error, call: "connect"))
            var persistence = PersistenceArguments()
            persistence.retries = .times(1)
            let dialer = Self.dialer(to: [listener], persistence)
            let (connection, _) = try await dialer.connect(for: 1, after: lost)
            #expect(connection.remoteEndpoint == listener.endpoint)
            connection.close()
            listener.close()
        }
    }

    @Netpoller
    private static var quiet: Reporter {
        Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
    }

    @Netpoller
    private static func dialer(to listeners: [Listener], _ persistence: PersistenceArguments) -> TargetDialer {
        let targets = listeners.map { listener in
            let place = Destination(place: .host("127.0.0.1", service: "\(listener.endpoint.port ?? 0)"))
            return ForwardTarget(.tcp, place)
        }
        return TargetDialer(
            targets: TargetList(targets, .first, seed: nil), dialer: Dialer(), proxies: ProxyDialer(.direct),
            security: nil, persistence: persistence, reporter: quiet)
    }

    @Netpoller
    private static func service(to listeners: Listener..., sends: Bool = false) throws -> ForwardService {
        var header = ProxyHeaderArguments()
        if sends { header.side = .send }
        let copies = try #require(PayloadCopies(TransferArguments(), reporter: quiet))
        return ForwardService(
            dialer(to: listeners, PersistenceArguments()), copies, ProxyIntroduction(header, trusted: nil, quiet), nil,
            quiet)
    }
}
