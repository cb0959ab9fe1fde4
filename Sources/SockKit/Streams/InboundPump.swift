/// Moves what a connection gives into a sink until the peer ends, by the cheapest way there is.
@Netpoller
struct InboundPump {
    let paced: PacedConnection
    /// Where it goes; without one it is thrown away.
    let sink: ByteSink?
    let flow: RelayFlow
    let tap: RelayTap
    /// Which of several that read the same connection this is; nil is the only one.
    var reader: Int?

    var connection: Connection { paced.connection }

    private static let most = 1 << 20

    func run() async throws(NetworkError) {
        let isPlain = tap.seesReceived == nil && connection.network.kind == .stream && paced.pace.readsFreely
        if connection.network.kind == .sequenced { return try await copyMessages() }
        guard isPlain, reader == nil, let sink else { return try await copy() }
        if sink.given.isSpliceable { return try await spliceToPipe(sink) }
        if !sink.isTerminal, sink.given.family == .file, !sink.given.blocks { return try await spliceToFile(sink) }
        try await copy()
    }

    /// Whether a read that timed out is gone on after.
    func goesOn(after error: NetworkError) -> Bool {
        error.cause == .timeout && error.operation == .read && tap.goesOn?(error) ?? false
    }

    // MARK: - Through this process

    /// One read, after as many time-outs as are gone on after.
    func readChunk() async throws(NetworkError) -> Chunk {
        while true {
            do throws(NetworkError) { return try await paced.readChunk() } catch {
                guard goesOn(after: error) else { throw error }
            }
            await Task.yield()
        }
    }

    private func copy() async throws(NetworkError) {
        while true {
            let chunk = try await readChunk()
            guard !chunk.isEmpty else { return }
            // Nothing is waited for from the read to the place in the output's line: the order stays that of the reads.
            if let reader { tap.reads?(reader) }
            flow.add(chunk.count)
            chunk.withBytes { bytes in tap.seesReceived?(bytes) }
            try await sink?.write(chunk)
            chunk.giveBack()
            // A reader that found bytes did not wait: the others are to have their turn all the same.
            if reader != nil || flow.shouldBreathe() { await Task.yield() }
        }
    }

    /// Whole messages, however long: what a read does not take of one is gone.
    private func copyMessages() async throws(NetworkError) {
        // More than the largest message that a default send buffer lets through, 212,960 bytes.
        let size = paced.pace.readSize
        var buffer = [UInt8](repeating: 0, count: size == Pace().readSize ? 256 * 1024 : size)
        while true {
            try await paced.waitToRead()
            var room = buffer.mutableSpan
            guard let message = try await connection.readMessage(into: &room) else { return }
            try paced.note(message.count)
            flow.add(message.count)
            if message.isTruncated { tap.cuts?(message.count, message.length) }
            let bytes = buffer.span.extracting(first: message.count)
            tap.seesReceived?(bytes)
            try await sink?.write(bytes)
            if flow.shouldBreathe() { await Task.yield() }
        }
    }

    // MARK: - Inside the kernel, into a pipe

    private enum Step {
        case moved(Int), pipeFull
    }

    private func spliceToPipe(_ sink: ByteSink) async throws(NetworkError) {
        let pipe = sink.given.descriptor
        while true {
            if !pipe.isReady(.write) {
                do throws(DescriptorFailure) { try await pipe.waitUntilReady(.write) } catch {
                    throw sink.failure(error)
                }
            }
            do throws(DescriptorFailure) {
                let step = try await connection.descriptor.perform(.read) { socket throws(Errno) in
                    try pipe.withNumberOrErrno { number throws(Errno) in try moveOnce(from: socket, to: number) }
                }
                switch step {
                case .moved(0): return
                case .moved(let count): flow.add(count)
                case .pipeFull: pipe.noteBlocked(.write)
                }
            } catch {
                // Reading a socket never gives EPIPE: it is the pipe whose reader has gone.
                throw error == .system(.brokenPipe) ? sink.failure(error) : connection.failure(.read, error)
            }
            if flow.shouldBreathe() { await Task.yield() }
        }
    }

    /// Would-block is the socket's, unless the socket has something to give and a second attempt moves nothing either: a
    /// full pipe hides bytes, and the end just as well, which no later event would announce again.
    private func moveOnce(from socket: Int32, to pipe: Int32) throws(Errno) -> Attempt<Step> {
        var outcome = try TransferCalls.splice(from: socket, to: pipe, upTo: Self.most)
        if case .wouldBlock = outcome {
            if !connection.descriptor.hasEnded {
                guard try FileCalls.queued(socket, .received) > 0 else { return .wouldBlock }
            }
            outcome = try TransferCalls.splice(from: socket, to: pipe, upTo: Self.most)
        }
        switch outcome {
        case .wouldBlock: return .done(.pipeFull)
        case .done(let count): return .done(.moved(count))
        }
    }

    // MARK: - Inside the kernel, through a pipe of our own into a file or device

    private func spliceToFile(_ sink: ByteSink) async throws(NetworkError) {
        guard let pipe = OwnPipe() else { return try await copy() }
        let writer = pipe.writer
        while true {
            let count: Int
            do throws(DescriptorFailure) {
                // The pipe is empty at this point, so would-block is the socket's.
                count = try await connection.descriptor.perform(.read) { socket throws(Errno) in
                    try TransferCalls.splice(from: socket, to: writer, upTo: Self.most)
                }
            } catch {
                throw connection.failure(.read, error)
            }
            guard count > 0 else { return }
            flow.add(count)
            guard try await pipe.drain(count, into: sink) else { return try await copy() }
            if flow.shouldBreathe() { await Task.yield() }
        }
    }
}

/// A pipe to move bytes through where splice(2) needs one.
@Netpoller
private struct OwnPipe: ~Copyable {
    private let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor

    var writer: Int32 { writeEnd.rawValue }

    init?() {
        guard let ends = try? FileCalls.pipe() else { return nil }
        readEnd = FileDescriptor(adopting: ends.reader)
        writeEnd = FileDescriptor(adopting: ends.writer)
        // Fewer, larger moves; the default capacity works as well where this is refused.
        _ = try? FileCalls.resizePipe(ends.writer, to: 1 << 20)
    }

    /// Empties `count` bytes into the sink; false if the sink cannot be spliced into (opened for appending, say), and
    /// the bytes went there by write(2).
    borrowing func drain(_ count: Int, into sink: ByteSink) async throws(NetworkError) -> Bool {
        var left = count
        let reader = readEnd.rawValue
        while left > 0 {
            do throws(DescriptorFailure) {
                let moved = try await sink.given.descriptor.perform(.write) { target throws(Errno) in
                    try TransferCalls.splice(from: reader, to: target, upTo: left)
                }
                left -= moved
            } catch {
                guard error == .system(.invalidArgument) else { throw sink.failure(error) }
                while left > 0 {
                    let bytes: [UInt8]
                    do throws(Errno) { bytes = try FileCalls.readBlocking(reader, upTo: min(left, 1 << 16)) } catch {
                        throw sink.failure(.system(error))
                    }
                    try await sink.write(bytes)
                    left -= bytes.count
                }
                return false
            }
        }
        return true
    }
}
