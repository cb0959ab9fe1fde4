import SockKit

/// A file that is written to as the bytes pass: at once, or, where it is a pipe or a terminal whose reader may take his
/// time, beside the loop.
@Netpoller
final class CopyFile {
    struct Unopened: Error {
        let failure: Failure
    }

    private let path: Word
    private let file: FileDescriptor
    /// Nil for a file or a device, which keeps nobody waiting.
    private let sink: ByteSink?
    private var pending: [UInt8] = []
    private var writer: Task<Void, Never>?
    private var places: [Parking] = []
    private var hasFailed = false
    /// Told of the first write beside the loop that failed.
    var onFailure: (@Netpoller (NetworkError) -> Void)?

    private static let bound = 1 << 20
    /// How long the last bytes may take once the run is to end at once.
    private static let grace = Duration.seconds(1)

    init(_ path: Word, appending: Bool = false) throws(Unopened) {
        self.path = path
        do throws(Errno) {
            // A pipe that nobody reads would keep it waiting otherwise.
            let file = try FileCalls.open(path.byteString, for: appending ? .append : .write, nonBlocking: true)
            let kind = try FileCalls.identity(of: file.rawValue).kind
            sink = kind == .pipe || kind == .terminal ? try ByteSink(given: file.rawValue) : nil
            self.file = file
        } catch {
            var failure = Failure(error, "open", path.text)
            if error == .noSuchDevice { failure.hint = "nobody reads this pipe: start who is to read it first" }
            throw Unopened(failure: failure)
        }
    }

    var number: Int32 { file.rawValue }

    /// Whether what is written waits for who reads it.
    var waits: Bool { sink != nil }

    func failure(_ error: Errno) -> NetworkError {
        NetworkError(.write, .file(path.text), cause: .system(error, call: "write"))
    }

    /// Takes the bytes; says why where they could not be written at once.
    func write(_ bytes: Span<UInt8>) -> NetworkError? {
        if let sink {
            guard !hasFailed else { return nil }
            pending.append(bytes)
            if writer == nil, !pending.isEmpty { writer = Netpoller.spawn { await self.writeAll(sink) } }
            return nil
        }
        do throws(Errno) {
            try FileCalls.writeBlocking(file.rawValue, bytes)
            return nil
        } catch {
            return failure(error)
        }
    }

    // MARK: - Beside the loop

    var isFull: Bool { pending.count >= Self.bound }

    /// Waits until whoever reads has taken most of it.
    func waitForRoom() async {
        while isFull {
            let place = Parking()
            places.append(place)
            if await place.wait() == .cancelled { return }
        }
    }

    /// Waits until all is written; where the task is cancelled no longer than a second, since whoever reads may have
    /// stopped.
    func finish() async {
        guard waits else { return }
        let done = Promise<Void>()
        Netpoller.spawn {
            while let writer = self.writer { await writer.value }
            done.fulfil(())
        }
        guard await done.wait().wake == .cancelled else { return }
        await Netpoller.spawn { _ = await done.wait(until: .now + Self.grace) }.value
    }

    private func writeAll(_ sink: ByteSink) async {
        while !pending.isEmpty {
            var piece: [UInt8] = []
            swap(&piece, &pending)
            do throws(NetworkError) { try await sink.write(piece) } catch { fail(error) }
            let waiting = places
            places = []
            for place in waiting { place.wake() }
        }
        writer = nil
    }

    /// The sink knows only that it writes.
    private func fail(_ error: NetworkError) {
        hasFailed = true
        pending = []
        onFailure?(
            NetworkError(.write, .file(path.text), cause: error.cause, bytesTransferred: error.bytesTransferred))
    }
}
