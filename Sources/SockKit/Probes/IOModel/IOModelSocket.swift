/// A client's socket, which the loop gives to the model's thread: what both of them use of it.
final class IOModelSocket: Sendable {
    private let descriptor: FileDescriptor
    private let network: Network
    private let ends: (local: Endpoint, remote: Endpoint)
    private let outcome: Promise<IOModelResult>
    /// Told of each wait, on the thread.
    let onWait: IOModelServer.Report?

    /// Takes the socket of a connection, which is closed for everybody else; nil if it was closed before.
    @Netpoller
    init?(_ connection: Connection, onWait: IOModelServer.Report?) {
        guard let descriptor = connection.release() else { return nil }
        self.descriptor = descriptor
        network = connection.network
        ends = (connection.localEndpoint, connection.remoteEndpoint)
        self.onWait = onWait
        outcome = Promise()
    }

    var number: Int32 { descriptor.rawValue }

    /// Ends whatever waits for it: recv(2), send(2), epoll_wait(2), or what is under way in a ring.
    func shutDown() {
        // A peer that has gone has ended them already.
        try? SocketCalls.shutdown(number, .both)
    }

    /// Says, from any thread, what became of the client.
    func finish(_ result: IOModelResult) {
        Netpoller.spawn { self.outcome.fulfil(result) }
    }

    /// Waits for the client's end; nil if the task was cancelled before.
    @Netpoller
    func result() async -> IOModelResult? { await outcome.wait().value }

    func failure(_ operation: NetworkError.Operation, _ number: Errno, _ call: String) -> NetworkError {
        NetworkError(
            operation, network: network, local: ends.local, remote: ends.remote, cause: .system(number, call: call))
    }
}
