/// Moves what one stream gives into another until the first ends, by the cheapest way there is.
@Netpoller
final class Pump {
    let source: any ByteStream
    let sink: any ByteStream
    private let chunkSize: Int?
    /// How many bytes are moved at most; what is behind them stays in the source.
    private let limit: Int
    /// The stream that was asked for something last: what `run` throws is a failure of that one.
    var asked = End.source
    /// Bytes that the sink took.
    private(set) var count = 0
    /// Taken from the source, and never by the sink.
    private(set) var unsent: [UInt8] = []
    private var lostInPipe = 0
    /// How many bytes were taken from the source, and never by the sink.
    var lost: Int { unsent.count + lostInPipe }
    /// Kept only while a limit needs it: reading the clock for every chunk is not free.
    private(set) var lastMoved = Deadline.now
    var keepsTime = false { didSet { lastMoved = .now } }
    /// There is something that the sink has still to take: nobody can say that the source is silent.
    var isHeldUp = false
    private var steps = 0
    /// No more is read.
    private(set) var isStopped = false
    /// The sink is being given what was read, which it is to have whoever stops the reading.
    private var isGiving = false
    /// Gives the sink what was read as the reading was cut off.
    private var rest: Task<NetworkError?, Never>?
    private var isAbandoned = false

    /// What one call of the kernel is asked to move.
    static let most = 1 << 20

    init(_ source: any ByteStream, _ sink: any ByteStream, chunkSize: Int? = nil, limit: Int = .max) {
        self.source = source
        self.sink = sink
        self.chunkSize = chunkSize
        self.limit = limit
    }

    /// How many bytes are still to be moved.
    var left: Int { limit - count }

    /// How much the next call of the kernel is asked to move.
    var room: Int { min(Self.most, left) }

    /// All that was to be moved has been.
    var isFull: Bool { count >= limit || isStopped }

    /// Ends the reading. What has been read is still given, and then the pump ends; a read that waits is cut off, which ends
    /// it as if it were cancelled. `task` is the one that runs it, nil where none does yet.
    func stop(_ task: Task<Void, Never>?) {
        isStopped = true
        if !isGiving { task?.cancel() }
    }

    /// Gives nothing any more. The task that runs it is to be cancelled as well.
    func abandon() {
        isAbandoned = true
        rest?.cancel()
    }

    /// Returns at the source's end, or the limit.
    func run() async throws(NetworkError) {
        while !isFull {
            guard let from = source.plainSource, let to = sink.plainSink else {
                // A stream that holds bytes of its own gives those first, and may be plain after them.
                guard try await copy(untilPlain: true) else { return }
                continue
            }
            if try await moveInKernel(from, to) == .refused { _ = try await copy(untilPlain: false) }
            return
        }
    }

    /// One of the two streams.
    enum End {
        case source, sink
    }

    enum KernelMove {
        case ended
        /// The kernel does not move bytes between two descriptors of these kinds.
        case refused
    }

    private func moveInKernel(
        _ from: PlainDescriptor, _ to: PlainDescriptor
    ) async throws(NetworkError) -> KernelMove {
        while true {
            do throws(NetworkError) {
                if let copy = from.copy {
                    guard case .socket = from.kind, copy.isReady else { return .refused }
                    return try await spliceThroughPipe(from, to)
                }
                switch (from.kind, to.kind) {
                case (.pipe, _): return try await spliceFromPipe(from, to)
                case (.socket, .pipe): return try await spliceToPipe(from, to)
                case (.socket, _): return try await spliceThroughPipe(from, to)
                case (.file, .socket): return try await sendFile(from, to)
                case (.file, _): return .refused
                }
            } catch {
                // What moves inside the kernel keeps nothing between two reads: after a time-out it can begin again.
                if error.operation == .read, from.goesOn?(error) ?? false { continue }
                // A sink that takes nothing more, and does not mind: the stream does with the rest what it will.
                guard error.operation == .write, to.goesOn?(error) ?? false else { throw error }
                return .refused
            }
        }
    }

    /// Copies through this process to the source's end; true where it stopped before, for the kernel may do it now.
    private func copy(untilPlain: Bool) async throws(NetworkError) -> Bool {
        while true {
            if isFull { return false }
            asked = .source
            let chunk = try await source.readChunk(maximum: chunkMaximum)
            guard !chunk.isEnd else { return false }
            // The task was cancelled already, and yet this came.
            let isCut = isStopped
            asked = .sink
            isGiving = true
            isHeldUp = true
            defer { (isGiving, isHeldUp) = (false, false) }
            do throws(NetworkError) { try await sink.write(chunk) } catch {
                note(error.bytesTransferred)
                unsent = Array(chunk.copy().dropFirst(error.bytesTransferred))
                guard isCut, error.cause == .cancelled else { throw error }
                try await giveRest()
                return false
            }
            note(chunk.count)
            chunk.giveBack()
            if shouldBreathe() { await Task.yield() }
            if untilPlain, source.plainSource != nil, sink.plainSink != nil { return true }
        }
    }

    /// Gives the sink what it has not taken yet, in a task that nobody has cancelled.
    private func giveRest() async throws(NetworkError) {
        let (sink, bytes) = (sink, unsent)
        let task = Netpoller.spawn { () async -> NetworkError? in
            do throws(NetworkError) { try await sink.write(bytes) } catch { return error }
            return nil
        }
        rest = task
        if isAbandoned { task.cancel() }
        let error = await task.value
        let gone = error?.bytesTransferred ?? bytes.count
        note(gone)
        unsent = Array(bytes.dropFirst(gone))
        if let error { throw error }
    }

    private var chunkMaximum: Int? {
        limit == .max ? chunkSize : min(chunkSize ?? BufferPool.bufferSize, limit - count)
    }

    /// A failed attempt on one of the two, as its stream tells it.
    func failure(of end: End, _ plain: PlainDescriptor, _ failure: DescriptorFailure) -> NetworkError {
        asked = end
        return plain.failure(end == .source ? .read : .write, failure)
    }

    // MARK: - Accounting

    private func note(_ moved: Int) {
        count += moved
        if keepsTime { lastMoved = .now }
    }

    /// Counts what moved past the streams, and tells them.
    func note(_ moved: Int, from source: PlainDescriptor, to sink: PlainDescriptor) {
        note(moved)
        source.onMove?(moved)
        sink.onMove?(moved)
    }

    /// Counts what left a pipe between the streams.
    func noteDrained(_ moved: Int, to sink: PlainDescriptor?) {
        note(moved)
        sink?.onMove?(moved)
    }

    /// Counts what a pipe between the streams had, and the sink will not get.
    func noteLost(_ count: Int) { lostInPipe += count }

    /// Whether it is time to let others have the loop: two fast ends could otherwise keep it for ever.
    func shouldBreathe() -> Bool {
        steps &+= 1
        return steps & 15 == 0
    }
}

extension DescriptorFailure {
    /// The kernel cannot move bytes between two descriptors of these kinds (splice(2), sendfile(2)): copying can.
    var meansRefused: Bool { self == .system(.invalidArgument) || self == .system(.noFunction) }
}
