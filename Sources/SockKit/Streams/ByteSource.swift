/// Where bytes to send come from: standard input, or a file.
@Netpoller
public final class ByteSource {
    let given: GivenDescriptor
    private let number: Int32
    /// A read on a helper thread that nobody waits for any more: what it gives is for the next reader.
    private var unclaimed: Promise<Result<[UInt8], Errno>>?

    /// Takes a descriptor that the process was given; it stays open and keeps its flags.
    public init(given number: Int32) throws(Errno) {
        self.number = number
        given = try GivenDescriptor(number, for: .read)
    }

    /// A person sits there.
    public var isTerminal: Bool { given.identity.kind == .terminal }

    /// It cannot be read at all.
    package var isDirectory: Bool { given.identity.kind == .directory }

    /// It has an end that is already there to be reached.
    public var isFile: Bool { given.identity.kind == .regular }

    /// How many bytes a file holds; nil where nobody can know.
    public var size: Int? { isFile ? Int(given.identity.size) : nil }

    /// How many bytes of a file are still to be read; nil where nobody can know.
    public var bytesLeft: Int? {
        guard let size, let position = try? FileCalls.position(of: number) else { return nil }
        return max(0, size - position)
    }

    /// Waits for bytes; an empty chunk is the end.
    public func readChunk(maximum: Int = 64 * 1024) async throws(NetworkError) -> Chunk {
        do throws(DescriptorFailure) {
            guard given.blocks else { return try await given.descriptor.readChunk(maximum: maximum, given.family) }
            return try await readOnThread(maximum)
        } catch {
            // A terminal whose other side is gone says EIO: that is its end.
            if isTerminal, error == .system(.inputOutput) { return Chunk([], count: 0) }
            throw Self.failure(error)
        }
    }

    /// The moment after which every read fails; nil is none.
    public var deadline: Deadline? {
        get { given.descriptor[deadline: .read] }
        set { given.descriptor[deadline: .read] = newValue }
    }

    /// What the kernel may move from here: a pipe, or a file.
    var plain: PlainDescriptor? {
        guard given.isSpliceable || isFile else { return nil }
        return PlainDescriptor(given.descriptor, isFile ? .file : .pipe) { _, failure in Self.failure(failure) }
    }

    private static func failure(_ failure: DescriptorFailure) -> NetworkError {
        NetworkError(.read, .standardInput, cause: NetworkError.Cause(failure, call: "read"))
    }

    /// Wakes a reader with `closed`.
    public func close() {
        given.descriptor.close()
    }

    private func readOnThread(_ maximum: Int) async throws(DescriptorFailure) -> Chunk {
        let read = if let unclaimed { unclaimed } else { try startReading(min(maximum, BufferPool.bufferSize)) }
        unclaimed = read
        guard let result = await read.wait().value else { throw .cancelled }
        unclaimed = nil
        switch result {
        case .success(let bytes): return Chunk(bytes, count: bytes.count)
        case .failure(let error): throw .system(error)
        }
    }

    private func startReading(_ maximum: Int) throws(DescriptorFailure) -> Promise<Result<[UInt8], Errno>> {
        let number = number
        let promise = Promise<Result<[UInt8], Errno>>()
        do throws(Errno) {
            try ThreadCalls.start {
                let result = Result { () throws(Errno) in try FileCalls.readBlocking(number, upTo: maximum) }
                Netpoller.spawn { promise.fulfil(result) }
            }
        } catch {
            throw .system(error)
        }
        return promise
    }
}
