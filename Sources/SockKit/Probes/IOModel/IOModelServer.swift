/// Echoes connections with plain system calls, on one thread beside the loop, and counts what waiting costs.
///
/// It is what the loop is compared with, so it has nothing of it: no tasks, no deadlines, no turns.
@Netpoller
public final class IOModelServer {
    public typealias Report = @Sendable (IOModelWait) -> Void

    public let model: IOModel
    private let bufferSize: Int
    private let queue = IOModelQueue()
    private var engine: (any IOModelEngine)?
    private var sockets: [Int32: IOModelSocket] = [:]

    public init(_ model: IOModel, bufferSize: Int = 64 * 1024) {
        self.model = model
        self.bufferSize = bufferSize
    }

    /// Gets from the kernel what the model needs, before there is a client who would learn that it cannot be had.
    public func prepare() throws(NetworkError) {
        do throws(Errno) { _ = try theEngine() } catch {
            throw NetworkError(.wait, network: nil, cause: .system(error, call: model.firstCall))
        }
    }

    /// Takes a connection, which is closed for everybody else, and serves it until its peer has ended or `stop` is
    /// called; the loop goes on meanwhile. nil if it was closed before, or if the task was cancelled.
    ///
    /// May be called again meanwhile: where the model serves but one at a time, the next one waits.
    /// `onWait` is told of each wait, on the server's thread.
    public func serve(_ connection: Connection, onWait: Report? = nil) async -> IOModelResult? {
        guard let socket = IOModelSocket(connection, onWait: onWait) else { return nil }
        sockets[socket.number] = socket
        // The stop may have come before it.
        if queue.isStopping { socket.shutDown() }
        defer { sockets[socket.number] = nil }
        do throws(NetworkError) { try hand(over: socket) } catch {
            var result = IOModelResult()
            result.ending = .failed(error)
            return result
        }
        let result = await socket.result()
        if result == nil { socket.shutDown() }
        return result
    }

    /// Ends the service of all clients, whatever call the thread waits in.
    public func stop() {
        queue.stop()
        for socket in sockets.values { socket.shutDown() }
        engine?.wake()
    }

    /// Gives a client to the thread; there is one for as long as there are clients.
    private func hand(over socket: IOModelSocket) throws(NetworkError) {
        let engine: any IOModelEngine
        do throws(Errno) { engine = try theEngine() } catch { throw socket.failure(.set, error, model.firstCall) }
        guard queue.add(socket) else { return engine.wake() }
        do throws(Errno) {
            try ThreadCalls.start { [queue, bufferSize] in
                let thread = IOModelThread(queue, bufferSize: bufferSize)
                repeat { engine.serve(thread) } while !queue.dismissThread()
            }
        } catch {
            _ = queue.take()
            _ = queue.dismissThread()
            throw socket.failure(.read, error, "clone")
        }
    }

    /// Made for the first client at the latest, and kept for all.
    private func theEngine() throws(Errno) -> any IOModelEngine {
        if let engine { return engine }
        let new = try model.makeEngine()
        engine = new
        return new
    }
}
