private import Synchronization

/// What the thread of a model works with. Only the thread uses it.
final class IOModelThread {
    private let queue: IOModelQueue
    /// One for all clients: what was read is sent before the next read, or copied.
    private(set) var buffer: [UInt8]
    /// The thread's processor time when it was last counted.
    private var countedUntil: Duration

    init(_ queue: IOModelQueue, bufferSize: Int) {
        self.queue = queue
        buffer = [UInt8](repeating: 0, count: bufferSize)
        countedUntil = ThreadCalls.processorTime
    }

    var isStopping: Bool { queue.isStopping }

    /// The clients that have arrived since this was last asked.
    func arrivals() -> [IOModelClient] { queue.take().map { IOModelClient($0, on: self) } }

    func receive(_ number: Int32) throws(Errno) -> Attempt<Int> { try Self.receive(number, into: &buffer) }

    private static func receive(_ number: Int32, into buffer: inout [UInt8]) throws(Errno) -> Attempt<Int> {
        var room = buffer.mutableSpan
        return try unsafe room.withUnsafeMutableBytes { bytes throws(Errno) in
            try unsafe BlockingCalls.receive(number, into: bytes)
        }
    }

    /// The processor time since it was last counted.
    func takeProcessorTime() -> Duration {
        let now = ThreadCalls.processorTime
        defer { countedUntil = now }
        return now - countedUntil
    }

    /// Does something other than waiting, and leaves its processor time out.
    func uncounted<Value>(_ body: () -> Value) -> Value {
        let start = ThreadCalls.processorTime
        defer { leaveOut(since: start) }
        return body()
    }

    /// Leaves out the processor time since then, which was no waiting.
    func leaveOut(since start: Duration) { countedUntil += ThreadCalls.processorTime - start }
}

/// How clients get from the loop to the thread.
final class IOModelQueue: Sendable {
    private struct State {
        var arrivals: [IOModelSocket] = []
        var hasThread = false
        var isStopping = false
    }

    private let state = Lock(State())

    var isStopping: Bool { state.withLock { $0.isStopping } }

    func stop() { state.withLock { $0.isStopping = true } }

    /// Adds a client; true if the caller has to start a thread for it, because there is none.
    func add(_ socket: IOModelSocket) -> Bool {
        state.withLock { state in
            state.arrivals.append(socket)
            defer { state.hasThread = true }
            return !state.hasThread
        }
    }

    func take() -> [IOModelSocket] {
        state.withLock { state in
            defer { state.arrivals = [] }
            return state.arrivals
        }
    }

    /// Lets the thread end if nobody has arrived meanwhile; otherwise false.
    func dismissThread() -> Bool {
        state.withLock { state in
            guard state.arrivals.isEmpty else { return false }
            state.hasThread = false
            return true
        }
    }
}
