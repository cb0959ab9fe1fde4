import SockKit
import Testing

@testable import sockctl

/// Pairs of a forwarder that begin without a task.
@Suite(.timeLimit(.minutes(2))) struct ForwardServiceTests {
    @Test func `a target that is told whose a connection is has it without a task`() async throws {
        try await onLoop {
            let reporter = Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
            let listener = try await listen()
            var arguments = ProxyHeaderArguments()
            arguments.side = .send
            let service = try Self.service(to: listener, arguments, reporter)
            let pair = try await loopback()
            let peer = Peer(pair.server, number: 1, reporter: reporter)
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
            let reporter = Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
            let listener = try await listen()
            let hasty = HastyTarget(listener, says: [])
            defer { hasty.leave() }
            var arguments = ProxyHeaderArguments()
            arguments.side = .send
            let service = try Self.service(to: listener, arguments, reporter)
            let pair = try await loopback()
            let peer = Peer(pair.server, number: 1, reporter: reporter)
            guard case .goesOn = service.serveNow(peer) else {
                Issue.record("no task is to go on")
                return
            }
            let error = try await failure { _ = try await service.serve(peer) }
            #expect(error.errno == .connectionReset || error.errno == .brokenPipe)
            #expect(hasty.visits == 1 && peer.isCutOff)
            for connection in [pair.client, pair.server] { connection.close() }
            listener.close()
        }
    }

    @Netpoller
    private static func service(
        to listener: Listener, _ header: ProxyHeaderArguments, _ reporter: Reporter
    ) throws -> ForwardService {
        let place = Destination(place: .host("127.0.0.1", service: "\(listener.endpoint.port ?? 0)"))
        let dialer = TargetDialer(
            targets: TargetList([ForwardTarget(.tcp, place)], .first, seed: nil), dialer: Dialer(),
            proxies: ProxyDialer(.direct), security: nil, persistence: PersistenceArguments(), reporter: reporter)
        let copies = try #require(PayloadCopies(TransferArguments(), reporter: reporter))
        return ForwardService(
            dialer, copies, ProxyIntroduction(header, trusted: nil, reporter), nil, reporter)
    }
}
