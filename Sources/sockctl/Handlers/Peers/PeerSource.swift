import SockKit

/// Where a server's peers come from.
@Netpoller
protocol PeerSource: AnyObject, Sendable {
    /// The moment after which no more are waited for.
    var deadline: Deadline? { get set }
    /// Waits for the next one.
    func accept() async throws(NetworkError) -> Connection
    /// One who need not be waited for.
    func acceptNow() throws(NetworkError) -> Connection?
    func close()
}

extension Listener: PeerSource {}

/// One peer, who was there from the start.
@Netpoller
final class OnePeer: PeerSource {
    var deadline: Deadline?
    private var connection: Connection?

    init(_ connection: Connection) {
        self.connection = connection
    }

    func acceptNow() throws(NetworkError) -> Connection? { connection.take() }

    func accept() async throws(NetworkError) -> Connection {
        if let connection = connection.take() { return connection }
        await Netpoller.sleep(until: nil)
        throw NetworkError(.accept, network: nil, cause: .cancelled)
    }

    func close() {
        connection?.close()
        connection = nil
    }
}
