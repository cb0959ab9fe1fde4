import SockKit
import Testing

@testable import sockctl

/// What a server waits for at its end.
@Suite(.timeLimit(.minutes(5))) struct ServerTests {
    @Test func `a server whose own task is cancelled waits for its peers to part`() async throws {
        try await onLoop {
            let reporter = Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
            let (listener, service) = (try await listen(), SlowToPart())
            let server = Server(listener, service, limits: Server.Limits(), policy: PeerPolicy(), reporter: reporter)
            let task = Netpoller.spawn { await server.run() }
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            defer { client.close() }
            try await waitUntil("the peer to be served") { service.isServing }
            task.cancel()
            _ = await task.value
            #expect(service.hasParted)
        }
    }

    @Test func `a peer whose conversation has not begun is told to finish as well`() async throws {
        try await onLoop {
            let reporter = Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
            let limits = HTTPServerLimits(header: nil, body: nil, write: nil, idle: nil)
            let service = SlowToBegin(HTTPService(site: HTTPSite(BuiltInPaths(), limits: limits)))
            let listener = try await listen()
            let server = Server(
                listener, service, limits: Server.Limits(grace: patience * 10), policy: PeerPolicy(), reporter: reporter
            )
            let task = Netpoller.spawn { await server.run() }
            let client = try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description)
            defer { client.close() }
            client.setDeadline(.now + patience)
            try await waitUntil("the peer to be served") { service.isWaiting }
            server.finish("told to")
            service.begins.fulfil(true)
            #expect(try await client.readAll().isEmpty)
            client.close()
            _ = await task.value
        }
    }
}

/// Serves a peer some time after it has come, as after a handshake.
@Netpoller
private final class SlowToBegin: Service {
    let begins = Promise<Bool>()
    private let service: HTTPService
    private(set) var isWaiting = false

    init(_ service: HTTPService) { self.service = service }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        isWaiting = true
        _ = await begins.wait()
        return try await service.serve(peer)
    }
}

/// Takes a moment to part from a peer, once the task was cancelled that serves it.
@Netpoller
private final class SlowToPart: Service {
    private(set) var isServing = false
    private(set) var hasParted = false

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        isServing = true
        await Netpoller.sleep(until: nil)
        await Netpoller.spawn { _ = await Netpoller.sleep(for: .milliseconds(20)) }.value
        hasParted = true
        return .byUs
    }
}
