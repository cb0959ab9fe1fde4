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
                try await writeOnThread(bytes, progress: &gone)
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

    /// Writes what a read gave.
    public func write(_ chunk: borrowing Chunk) async throws(NetworkError) {
        try await write(chunk.buffer.span.extracting(chunk.range))
    }

    /// Waits until whoever read from here is gone, although nothing is being written.
    public func waitUntilGone() async throws(NetworkError) {
        do throws(DescriptorFailure) { try await given.descriptor.waitUntilHungUp() } catch { throw failure(error) }
    }

    /// Says that no more comes: whoever reads a pipe or a file learns it at once, and not when this process ends.
    ///
    /// The descriptor's number then leads to nowhere. A terminal, and a socket that others share, stay as they are.
    public func end() {
        switch given.identity.kind {
        case .terminal, .socket: return
        case .pipe, .regular, .device, .directory, .symbolicLink: break
        }
        given.descriptor.close()
        // Where that fails the number stays open, and the reader learns of the end when this process ends.
        try? FileCalls.leadNowhere(number)
    }

    /// Wakes a writer with `closed`.
    public func close() {
        given.descriptor.close()
    }

    /// The moment after which every write fails; nil is none.
    public var deadline: Deadline? {
        get { given.descriptor[deadline: .write] }
        set { given.descriptor[deadline: .write] = newValue }
    }

    /// Where the kernel may move bytes to: a pipe, or a file or device that is no terminal.
    var plain: PlainDescriptor? {
        let isFile = !isTerminal && given.family == .file && !given.blocks
        guard given.isSpliceable || isFile else { return nil }
        return PlainDescriptor(given.descriptor, given.isSpliceable ? .pipe : .file) { _, failure in
            self.failure(failure)
        }
    }

    private func failure(_ failure: DescriptorFailure) -> NetworkError {
        NetworkError(.write, .standardOutput, cause: NetworkError.Cause(failure, call: "write"))
    }

    private func writeOnThread(_ bytes: Span<UInt8>, progress: inout Int) async throws(DescriptorFailure) {
        try await takeThreadTurn()
        defer { if threadTurn.hasLine { threadTurn.give() } else { threadTurn.isHeld = false } }
        let number = number
        let copy = bytes.copied
        let outcome: (gone: Int, error: Errno?)
        do throws(DescriptorThreadFailure) {
            outcome = try await Netpoller.offload {
                var gone = 0
                do throws(Errno) { try FileCalls.writeBlocking(number, copy.span, progress: &gone) } catch {
                    return (gone, error)
                }
                return (gone, nil)
            }
        } catch {
            if case .system(let number) = error { throw .system(number) }
            throw .cancelled
        }
        progress = outcome.gone
        if let error = outcome.error { throw .system(error) }
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
    public var isOutputGone: Bool { stream == .standardOutput && errno == .brokenPipe }
}
