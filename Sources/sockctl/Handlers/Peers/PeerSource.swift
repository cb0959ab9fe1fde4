import SockKit

/// Where a server's peers come from.
@Netpoller
protocol PeerSource: AnyObject, Sendable {
    /// The moment after which no more are waited for.
    var deadline: Deadline? { get set }
    /// Whether nobody can come any more.
    var isExhausted: Bool { get }
    /// Waits for the next one.
    func accept() async throws(NetworkError) -> Connection
    func close()
}

extension Listener: PeerSource {
    var isExhausted: Bool { false }
}

extension DatagramTLSListener: PeerSource {
    var isExhausted: Bool { false }
}

/// One peer, who was there from the start.
@Netpoller
final class OnePeer: PeerSource {
    private var connection: Connection?

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Nobody is waited for.
    var deadline: Deadline? {
        get { nil }
        set {}
    }

    var isExhausted: Bool { connection == nil }

    func accept() async throws(NetworkError) -> Connection {
        if let connection = connection.take() { return connection }
        throw NetworkError(.accept, network: nil, cause: .closed)
    }

    func close() {
        connection?.close()
        connection = nil
    }
}
