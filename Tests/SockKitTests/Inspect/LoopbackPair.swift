import SockKit

/// Two ends of one connection, and the listener between them.
@Netpoller
final class LoopbackPair {
    let listener: Listener
    let near: Connection
    let far: Connection

    init(_ network: Network = .tcp, _ address: String = "127.0.0.1:0") async throws {
        listener = try await ListenConfiguration().listen(network, address)
        near = try await Dialer().dial(network, listener.endpoint.description)
        far = try await listener.accept()
    }
}

/// Whether something becomes true while the loop goes round, at most for some seconds.
@Netpoller
func settled(_ condition: () throws -> Bool) async throws -> Bool {
    let end = Deadline.now + .seconds(5)
    while !end.hasPassed {
        if try condition() { return true }
        await Task.yield()
    }
    return false
}
