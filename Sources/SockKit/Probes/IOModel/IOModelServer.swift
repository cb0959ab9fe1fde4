private import Synchronization

/// Echoes one connection with plain system calls, on a thread of its own, and counts what waiting costs.
///
/// It is what the loop is compared with, so it has nothing of it: no tasks, no deadlines, no turns.
public final class IOModelServer: Sendable {
    public typealias Report = @Sendable (IOModelWait) -> Void

    private let descriptor: FileDescriptor
    private let model: IOModel
    private let bufferSize: Int
    private let onWait: Report?
    private let mustStop = Atomic<Bool>(false)
    private let network: Network
    private let ends: (local: Endpoint, remote: Endpoint)

    /// Takes the socket of a connection, which is closed for everybody else. nil if it was closed before.
    ///
    /// `onWait` is told of each wait, on the server's thread.
    @Netpoller
    public init?(_ connection: Connection, _ model: IOModel, bufferSize: Int = 64 * 1024, onWait: Report? = nil) {
        guard let descriptor = connection.release() else { return nil }
        self.descriptor = descriptor
        self.model = model
        self.bufferSize = bufferSize
        self.onWait = onWait
        network = connection.network
        ends = (connection.localEndpoint, connection.remoteEndpoint)
    }

    /// Serves until the peer has ended or `stop` is called; the loop goes on meanwhile.
    @Netpoller
    public func run() async -> IOModelResult {
        do throws(DescriptorThreadFailure) {
            return try await Netpoller.offload { self.serve() }
        } catch {
            stop()
            var result = IOModelResult()
            if case .system(let number) = error { result.ending = .failed(failure(.read, number, "clone")) }
            return result
        }
    }

    /// Ends the service, whatever call it waits in.
    public func stop() {
        mustStop.store(true, ordering: .relaxed)
        // It wakes recv(2), send(2) and epoll_wait(2) alike; a peer that has gone needs no waking.
        try? SocketCalls.shutdown(descriptor.rawValue, .both)
    }

    // MARK: - On the thread

    private func serve() -> IOModelResult {
        var result = IOModelResult()
        var operation = NetworkError.Operation.set
        var call = "fcntl"
        do throws(Errno) {
            let socket = try IOModelSocket(descriptor.rawValue, model)
            var buffer = [UInt8](repeating: 0, count: bufferSize)
            repeat {
                (operation, call) = (.read, "recv")
                let wait = try socket.receive(into: &buffer, unless: { self.isStopped })
                if isStopped { break }
                result.add(wait)
                onWait?(wait)
                guard wait.bytes > 0 else { return result }
                (operation, call) = (.write, "send")
                try socket.send(buffer.span.extracting(first: wait.bytes), unless: { self.isStopped })
                result.bytesSent += wait.bytes
            } while !isStopped
            result.ending = .stopped
        } catch {
            result.ending = isStopped ? .stopped : .failed(failure(operation, error, call))
        }
        return result
    }

    private var isStopped: Bool { mustStop.load(ordering: .relaxed) }

    private func failure(_ operation: NetworkError.Operation, _ number: Errno, _ call: String) -> NetworkError {
        NetworkError(
            operation, network: network, local: ends.local, remote: ends.remote, cause: .system(number, call: call))
    }
}
