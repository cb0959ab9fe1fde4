/// Where bytes to send come from: standard input, or a file.
@Netpoller
public final class ByteSource {
    let given: GivenDescriptor
    private let number: Int32
    /// Given back, to be sent before anything that is read.
    private var returned: [UInt8] = []
    /// A read on a helper thread that nobody waits for any more: what it gives is for the next reader.
    private var unclaimed: Promise<Result<[UInt8], Errno>>?
    /// Its end was read. A terminal could go on after it, but that end was meant.
    private(set) var hasEnded = false
    /// Somebody was given bytes.
    var hasGiven = false

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

    /// Waits for bytes; an empty chunk is the end.
    public func readChunk(maximum: Int = 64 * 1024) async throws(NetworkError) -> Chunk {
        do throws(DescriptorFailure) {
            guard given.blocks else { return try await given.descriptor.readChunk(maximum: maximum, given.family) }
            return try await readOnThread(maximum)
        } catch {
            // A terminal whose other side is gone says EIO: that is its end.
            if isTerminal, error == .system(.inputOutput) { return Chunk([], count: 0) }
            throw NetworkError(.read, network: nil, cause: NetworkError.Cause(error, call: "read standard input"))
        }
    }

    /// Puts back bytes that were taken in vain, so that whoever sends from here next begins with them.
    func putBack(_ bytes: [UInt8]) {
        returned = bytes + returned
    }

    /// What was put back; nil where nothing was.
    func takeReturned() -> [UInt8]? {
        guard !returned.isEmpty else { return nil }
        defer { returned = [] }
        return returned
    }

    /// How many bytes were put back and not taken again.
    public var bytesReturned: Int { returned.count }

    func noteEnd() { hasEnded = true }

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
