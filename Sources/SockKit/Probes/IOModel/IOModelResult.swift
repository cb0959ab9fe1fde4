/// One wait for a client's bytes, or for its end: what it took.
public struct IOModelWait: Sendable, Hashable {
    /// What came; 0 is the client's end.
    public var bytes: Int
    /// The system calls made for this client, the one that brought the bytes included. A call that waited for several
    /// clients is counted with the first of those that it announced.
    public var calls: Int
    /// Those of them that came back without anything.
    public var wouldBlock: Int
    /// Since the echo before, or since the client's turn began. The waits of several clients overlap.
    public var time: Duration
    /// The processor time that the thread used for waiting since the last wait ended, whichever client's that was. So
    /// the sum of all waits is what the thread used.
    public var processorTime: Duration

    package init(
        bytes: Int = 0, calls: Int = 0, wouldBlock: Int = 0, time: Duration = .zero, processorTime: Duration = .zero
    ) {
        (self.bytes, self.calls, self.wouldBlock) = (bytes, calls, wouldBlock)
        (self.time, self.processorTime) = (time, processorTime)
    }

    static func += (total: inout IOModelWait, other: IOModelWait) {
        total.bytes += other.bytes
        total.calls += other.calls
        total.wouldBlock += other.wouldBlock
        total.time += other.time
        total.processorTime += other.processorTime
    }
}

/// What all waits of a client took, or those of several.
public struct IOModelResult: Sendable {
    public enum Ending: Sendable, Hashable {
        case peer
        /// Told to stop.
        case stopped
        case failed(NetworkError)
    }

    public var ending = Ending.peer
    public var reads = 0
    public var bytesSent = 0
    /// The sum of the waits. System calls that write are not among its calls.
    public var waits = IOModelWait()

    public init() {}

    mutating func add(_ wait: IOModelWait) {
        reads += wait.bytes > 0 ? 1 : 0
        waits += wait
    }

    /// Adds another client's figures.
    public static func += (total: inout IOModelResult, other: IOModelResult) {
        total.reads += other.reads
        total.bytesSent += other.bytesSent
        total.waits += other.waits
    }
}
