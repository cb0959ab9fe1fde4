/// Where received bytes go: standard output.
@Netpoller
public final class ByteSink {
    let given: GivenDescriptor
    private let number: Int32
    /// Whoever writes on a thread: two at once would come out in any order.
    private var threadTurn = Turn()

    /// Takes a descriptor that the process was given; it stays open and keeps its flags.
    public init(given number: Int32) throws(Errno) {
        self.number = number
        given = try GivenDescriptor(number, for: .write)
    }

    public var isTerminal: Bool { given.identity.kind == .terminal }

    /// Writes all the bytes, waiting where the reader is slow.
    public func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        guard !bytes.isEmpty else { return }
        var gone = 0
        do throws(DescriptorFailure) {
            if given.blocks {
                try await writeOnThread(bytes)
            } else {
                try await given.descriptor.write(bytes, given.family, progress: &gone)
            }
        } catch {
            throw failure(error).after(gone)
        }
    }

    public func write(_ bytes: [UInt8]) async throws(NetworkError) {
        try await write(bytes.span)
    }

    public func write(_ chunk: borrowing Chunk) async throws(NetworkError) {
        try await write(chunk.buffer.span.extracting(first: chunk.count))
    }

    /// Returns when whoever read from here is gone, although nothing is being written; false if the wait was ended.
    public func waitUntilGone() async -> Bool {
        do throws(DescriptorFailure) {
            try await given.descriptor.waitUntilHungUp()
            return true
        } catch {
            return false
        }
    }

    /// Wakes a writer with `closed`.
    public func close() {
        given.descriptor.close()
    }

    func failure(_ failure: DescriptorFailure) -> NetworkError {
        NetworkError(.write, network: nil, cause: NetworkError.Cause(failure, call: "write standard output"))
    }

    private func writeOnThread(_ bytes: Span<UInt8>) async throws(DescriptorFailure) {
        try await takeThreadTurn()
        defer { if threadTurn.hasLine { threadTurn.give() } else { threadTurn.isHeld = false } }
        let number = number
        let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        let result: Result<Void, Errno>
        do throws(DescriptorThreadFailure) {
            result = try await Netpoller.offload {
                Result { () throws(Errno) in
                    try FileCalls.writeBlocking(number, copy.span)
                }
            }
        } catch {
            throw .cancelled
        }
        if case .failure(let error) = result { throw .system(error) }
    }

    private func takeThreadTurn() async throws(DescriptorFailure) {
        guard threadTurn.isHeld else {
            threadTurn.isHeld = true
            return
        }
        switch await threadTurn.queue().wait() {
        case .ready, .deadline: return
        case .closed: throw .closed
        case .cancelled: throw .cancelled
        }
    }
}

extension NetworkError {
    /// Whoever reads our output has gone: no failure of ours.
    public var isOutputGone: Bool {
        call == "write standard output" && errno == .brokenPipe
    }
}
