/// Where bytes to send come from: standard input, or a file.
@Netpoller
public final class ByteSource {
    let given: GivenDescriptor
    private let number: Int32

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

    /// Wakes a reader with `closed`.
    public func close() {
        given.descriptor.close()
    }

    private func readOnThread(_ maximum: Int) async throws(DescriptorFailure) -> Chunk {
        let number = number
        let result: Result<[UInt8], Errno>
        do throws(DescriptorThreadFailure) {
            result = try await Netpoller.offload {
                Result { () throws(Errno) in
                    try FileCalls.readBlocking(number, upTo: min(maximum, BufferPool.bufferSize))
                }
            }
        } catch {
            throw .cancelled
        }
        switch result {
        case .success(let bytes): return Chunk(bytes, count: bytes.count)
        case .failure(let error): throw .system(error)
        }
    }
}
