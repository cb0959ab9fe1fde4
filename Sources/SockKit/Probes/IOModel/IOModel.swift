/// The ways to wait for a socket's bytes that the documents compare.
public enum IOModel: String, CaseIterable, Sendable {
    /// recv(2) itself waits.
    case blocking
    /// recv(2) is called again and again until it has something.
    case spin
    /// epoll_wait(2) waits, and recv(2) takes what is there.
    case epoll
}

/// One wait for bytes, or for the peer's end: what it took.
public struct IOModelWait: Sendable, Hashable {
    /// What came; 0 is the peer's end.
    public var bytes: Int
    /// The system calls made, the one that brought the bytes included.
    public var calls: Int
    /// Those of them that came back without anything.
    public var wouldBlock: Int
    public var time: Duration
    /// The processor time of the thread meanwhile.
    public var processorTime: Duration

    package init(
        bytes: Int = 0, calls: Int = 0, wouldBlock: Int = 0, time: Duration = .zero, processorTime: Duration = .zero
    ) {
        (self.bytes, self.calls, self.wouldBlock) = (bytes, calls, wouldBlock)
        (self.time, self.processorTime) = (time, processorTime)
    }
}

/// What all waits of a connection took.
public struct IOModelResult: Sendable {
    public enum Ending: Sendable, Hashable {
        case peer
        /// Told to stop.
        case stopped
        case failed(NetworkError)
    }

    public var ending = Ending.peer
    public var reads = 0
    public var bytesReceived = 0
    public var bytesSent = 0
    /// System calls to wait and to read; those that write are not among them.
    public var calls = 0
    public var wouldBlock = 0
    public var waitingTime = Duration.zero
    /// Used while waiting.
    public var processorTime = Duration.zero

    public init() {}

    mutating func add(_ wait: IOModelWait) {
        reads += wait.bytes > 0 ? 1 : 0
        bytesReceived += wait.bytes
        calls += wait.calls
        wouldBlock += wait.wouldBlock
        waitingTime += wait.time
        processorTime += wait.processorTime
    }

    /// Adds another connection's figures.
    public mutating func add(_ other: IOModelResult) {
        reads += other.reads
        bytesReceived += other.bytesReceived
        bytesSent += other.bytesSent
        calls += other.calls
        wouldBlock += other.wouldBlock
        waitingTime += other.waitingTime
        processorTime += other.processorTime
    }
}
