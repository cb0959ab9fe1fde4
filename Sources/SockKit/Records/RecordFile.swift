/// A file that a record goes to: bytes are taken at once and written beside the loop, in pieces as large as have come
/// together meanwhile.
///
/// Whoever waits for room before he adds what one read gave keeps it to a few megabytes, however slow the file is.
@Netpoller
final class RecordFile {
    private let name: String
    private let descriptor: FileDescriptor
    /// Nil for a regular file, which never says that it would block, and blocks.
    private let sink: ByteSink?
    private var pending: [UInt8] = []
    private var writer: Task<Void, Never>?
    private var waiting: [Parking] = []
    private(set) var failure: NetworkError?
    /// Told of the first write that failed, also of one that has failed already.
    var onFailure: (@Netpoller (NetworkError) -> Void)? {
        didSet { if let failure { onFailure?(failure) } }
    }

    private static let bound = 1 << 20
    /// How long the last bytes may take once the run is to end at once.
    private static let grace = Duration.seconds(1)

    init(_ path: ByteString) throws(NetworkError) {
        name = path.description
        do throws(Errno) {
            // A pipe that nobody reads would keep it waiting otherwise.
            let file = try FileCalls.open(path, for: .write, nonBlocking: true)
            let isRegular = try FileCalls.identity(of: file.rawValue).kind == .regular
            sink = isRegular ? nil : try ByteSink(given: file.rawValue)
            descriptor = file
        } catch {
            throw NetworkError(.write, .file(path.description), cause: .system(error, call: "open"))
        }
    }

    /// Lets `body` append to the file; what comes after a failure is dropped.
    func append(_ body: (inout [UInt8]) -> Void) {
        guard failure == nil else { return }
        body(&pending)
        if writer == nil, !pending.isEmpty { writer = Netpoller.spawn { await self.writeAll() } }
    }

    var isFull: Bool { failure == nil && pending.count >= Self.bound }

    /// Waits until there is room for what one read gives.
    func waitForRoom() async {
        while isFull {
            let place = Parking()
            waiting.append(place)
            if await place.wait() == .cancelled { return }
        }
    }

    /// Waits until all is written; where the task is cancelled no longer than a second, since whoever reads a pipe may
    /// have stopped reading.
    func finish() async {
        let done = Promise<Void>()
        Netpoller.spawn {
            while let writer = self.writer { await writer.value }
            done.fulfil(())
        }
        guard await done.wait().wake == .cancelled else { return }
        await Netpoller.spawn { _ = await done.wait(until: .now + Self.grace) }.value
    }

    private func writeAll() async {
        while !pending.isEmpty, failure == nil {
            var piece: [UInt8] = []
            swap(&piece, &pending)
            do throws(NetworkError) { try await write(piece) } catch { fail(error) }
            let places = waiting
            waiting = []
            for place in places { place.wake() }
        }
        writer = nil
    }

    private func fail(_ error: NetworkError) {
        failure = error
        pending = []
        onFailure?(error)
    }

    private func write(_ bytes: [UInt8]) async throws(NetworkError) {
        if let sink {
            do throws(NetworkError) { try await sink.write(bytes) } catch {
                throw NetworkError(.write, .file(name), cause: error.cause, bytesTransferred: error.bytesTransferred)
            }
            return
        }
        let number = descriptor.rawValue
        let result: Result<Void, Errno>
        do throws(DescriptorThreadFailure) {
            result = try await Netpoller.offload {
                Result { () throws(Errno) in try FileCalls.writeBlocking(number, bytes.span) }
            }
        } catch {
            let cause: NetworkError.Cause =
                if case .system(let number) = error { .system(number, call: "pthread_create") } else { .cancelled }
            throw NetworkError(.write, .file(name), cause: cause)
        }
        if case .failure(let error) = result {
            throw NetworkError(.write, .file(name), cause: .system(error, call: "write"))
        }
    }
}
