/// A child's standard input and output, which are two pipes, as one stream.
///
/// Pipes and no socket: each way has its own end, which is seen although a descriptor of the other way stays open, and a
/// program may open `/dev/stdin` and `/dev/stdout`, which sockets do not allow.
@Netpoller
final class ChildStream: ByteStream {
    private let input: PolledDescriptor
    private let output: PolledDescriptor
    private let name: String
    /// Nobody reads its input any more, or we have ended it: what is still written is thrown away.
    private var isDeaf = false
    private var inputGrowth: Growth
    private var outputGrowth: Growth

    init(input: consuming FileDescriptor, output: consuming FileDescriptor, name: String) throws(Errno) {
        self.name = name
        (inputGrowth, outputGrowth) = (Growth(), Growth())
        self.input = try PolledDescriptor(adopting: input)
        self.output = try PolledDescriptor(adopting: output)
    }

    func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        let chunk: Chunk
        do throws(DescriptorFailure) {
            chunk = try await output.readChunk(maximum: maximum ?? BufferPool.bufferSize, .file)
        } catch {
            throw failure(.read, error)
        }
        outputGrowth.note(chunk.count, output)
        return chunk
    }

    /// Writes all the bytes; those that nobody reads any more are thrown away, for the program has had what it wanted.
    func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        guard !isDeaf, !bytes.isEmpty else { return }
        var gone = 0
        do throws(DescriptorFailure) { try await input.write(bytes, .file, progress: &gone) } catch {
            let failure = failure(.write, error)
            guard isDeafness(failure) else { throw failure.after(gone) }
        }
        inputGrowth.note(gone, input)
    }

    /// The program reads the end of its input.
    func closeWrite() throws(NetworkError) {
        isDeaf = true
        input.close()
    }

    func close() {
        isDeaf = true
        input.close()
        output.close()
    }

    func reset() { close() }

    /// Waits until nobody reads its input any more.
    func waitUntilGone() async throws(NetworkError) {
        do throws(DescriptorFailure) { try await input.waitUntilHungUp() } catch { throw failure(.write, error) }
    }

    var readDeadline: Deadline? {
        get { output[deadline: .read] }
        set { output[deadline: .read] = newValue }
    }

    var writeDeadline: Deadline? {
        get { input[deadline: .write] }
        set { input[deadline: .write] = newValue }
    }

    var names: StreamNames { StreamNames() }

    var plainSource: PlainDescriptor? {
        var plain = PlainDescriptor(output, .pipe) { [self] in failure($0, $1) }
        plain.onMove = { [self] count in outputGrowth.note(count, output) }
        return plain
    }

    var plainSink: PlainDescriptor? {
        guard !isDeaf else { return nil }
        var plain = PlainDescriptor(input, .pipe) { [self] in failure($0, $1) }
        plain.onMove = { [self] count in inputGrowth.note(count, input) }
        plain.goesOn = { [self] error in isDeafness(error) }
        return plain
    }

    /// Whether a failed write means that there is nobody to write for.
    private func isDeafness(_ error: NetworkError) -> Bool {
        if error.errno == .brokenPipe { isDeaf = true }
        return isDeaf
    }

    private func failure(_ operation: NetworkError.Operation, _ failure: DescriptorFailure) -> NetworkError {
        NetworkError(operation, .program(name), cause: NetworkError.Cause(failure, call: operation.rawValue))
    }

    /// A pipe that much goes through is made larger: its two ends would wake each other for every 64 KiB. Those of a
    /// thousand programs that say little stay as they are, for the kernel counts all pages that pipes may hold (pipe(7)).
    private struct Growth {
        private var count = 0
        private var isDone = false

        private static let threshold = 256 << 10

        @Netpoller
        mutating func note(_ moved: Int, _ pipe: PolledDescriptor) {
            guard !isDone else { return }
            count += moved
            guard count >= Self.threshold else { return }
            isDone = true
            _ = try? pipe.withNumber { number throws(Errno) in try FileCalls.resizePipe(number, to: 1 << 20) }
        }
    }
}
