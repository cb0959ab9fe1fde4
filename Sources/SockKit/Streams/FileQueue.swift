/// A file that is written to beside the loop: bytes are taken at once, and written in pieces as large as have come together
/// meanwhile.
///
/// Whoever waits for room before he adds what one read gave keeps it to a few megabytes, however slow the file is.
@Netpoller
package final class FileQueue {
    package let name: String
    private let descriptor: FileDescriptor
    /// Nil for a regular file, which never says that it would block, and blocks.
    private let sink: ByteSink?
    private var pending: [UInt8] = []
    private var writer: Task<Void, Never>?
    private var waiting: [Parking] = []
    package private(set) var failure: NetworkError?
    /// How many bytes were given up at the end, since they were not written in time.
    package private(set) var bytesLost = 0
    /// Told of the first write that failed, also of one that has failed already.
    package var onFailure: (@Netpoller (NetworkError) -> Void)? {
        didSet { if let failure { onFailure?(failure) } }
    }

    private static let bound = 1 << 20
    /// How long the last bytes may take once the run is to end at once.
    private static let grace = Duration.seconds(1)

    /// Takes a file that was opened to be written; its calls may not wait, unless it is a regular one.
    package init(_ file: consuming FileDescriptor, named name: String) throws(Errno) {
        self.name = name
        let isRegular = try FileCalls.identity(of: file.rawValue).kind == .regular
        sink = isRegular ? nil : try ByteSink(given: file.rawValue)
        descriptor = file
    }

    /// Lets `body` append to the file; what comes after a failure is dropped.
    package func append(_ body: (inout [UInt8]) -> Void) {
        guard failure == nil, bytesLost == 0 else { return }
        body(&pending)
        if writer == nil, !pending.isEmpty { writer = Netpoller.spawn { await self.writeAll() } }
    }

    package var isFull: Bool { failure == nil && pending.count >= Self.bound }

    /// Waits until there is room for what one read gives.
    package func waitForRoom() async {
        while isFull {
            let place = Parking()
            waiting.append(place)
            if await place.wait() == .cancelled { return }
        }
    }

    /// Waits until all is written; where the task is cancelled, and somebody has to read it, no longer than a second: who
    /// reads a pipe may have stopped reading. What is left then is lost.
    package func finish() async {
        let done = Promise<Void>()
        Netpoller.spawn {
            while let writer = self.writer { await writer.value }
            done.fulfil(())
        }
        guard await done.wait().wake == .cancelled else { return }
        await Netpoller.spawn {
            let limit: Deadline? = self.sink == nil ? nil : Deadline.now + Self.grace
            if await done.wait(until: limit).wake == .ready { return }
            self.writer?.cancel()
            _ = await done.wait()
        }.value
    }

    private func writeAll() async {
        while !pending.isEmpty {
            var piece: [UInt8] = []
            swap(&piece, &pending)
            do throws(NetworkError) { try await write(piece) } catch { end(error, in: piece.count) }
            let places = waiting
            waiting = []
            for place in places { place.wake() }
        }
        writer = nil
    }

    /// Writes no more, after an error in a piece of so many bytes. That it was told to stop is none of the file's.
    private func end(_ error: NetworkError, in count: Int) {
        let behind = pending.count
        pending = []
        if error.cause == .cancelled { return bytesLost = count - error.bytesTransferred + behind }
        failure = error
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
