import SockKit

/// Somebody who gets what a fan-out carries, at a pace of its own; what is built on it says where the bytes go.
@Netpoller
class FanoutReader: StreamSleeper {
    /// Whose own bytes do not come back.
    let author: Int
    var cursor: FanoutLog.Cursor?
    weak var fanout: Fanout?
    /// Where it is among the readers.
    var index = 0

    /// Bytes wait for it that cannot be written now.
    var isBlocked = false
    /// It gets nothing any more.
    var isGone = false
    /// Whether senders wait for it; not once it has kept them waiting in vain.
    var mayHold = true
    /// Since when they do.
    var holdsSince: Deadline?
    /// When it last took something, as far as it was behind.
    var lastTaken = Deadline.now
    /// How far it had come then, where it is slow on purpose.
    var lastProgress = 0
    /// Of a piece that a task is writing.
    var inFlight = 0
    /// What waited for it when it went.
    var untaken = 0
    /// Why nothing can be written to it.
    var loss: NetworkError?
    var skipped = 0
    var toldOfSkips = Deadline.past
    private var writer: Task<Void, Never>?

    init(author: Int) {
        self.author = author
    }

    // MARK: - What it is

    /// Writes as much as need not wait; nil where only `write` will do.
    func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int? { nil }

    /// Has this woken when a write need not wait; false where that cannot be.
    func restUntilWritable() -> Bool { false }

    func write(_ bytes: Span<UInt8>) async throws(NetworkError) {}

    /// A write failed.
    func lose(_ error: NetworkError) {}

    /// It was too slow, and is to go.
    func drop() {}

    /// Whether it may go, however slow it is.
    var mayBeDropped: Bool { true }

    /// How long it may take nothing where it was asked to be slow, for then it is waited for; nil where it was not.
    var slowness: Duration? { nil }
    /// How many bytes went to it, in the middle of a piece too.
    var progress: Int { 0 }

    /// It has got all that there is.
    func caughtUp() {}

    /// Which connection it is; nil for what is none.
    var ends: Ends? { nil }

    // MARK: - Going on

    nonisolated func wake() { _ = Self.goOn(self) }

    nonisolated private static let goOn = Netpoller.onLoop(becameWritable)

    private static func becameWritable(_ reader: FanoutReader) -> Bool {
        reader.fanout?.becameWritable(reader)
        return true
    }

    /// Has a task write what waits, piece by piece, where nobody can be woken for it.
    func startWriter(_ fanout: Fanout) {
        writer = Netpoller.spawn { [weak fanout] in
            while let fanout, let piece = fanout.take(self) {
                do throws(NetworkError) { try await self.write(piece.bytes.span.extracting(piece.range)) } catch {
                    self.inFlight -= error.bytesTransferred
                    return fanout.lose(self, error)
                }
                self.inFlight = 0
            }
        }
    }

    /// Waits for what a task is writing; there is nothing more to come once the reader is gone. Whoever is cancelled
    /// meanwhile has the writing cancelled.
    func finishWriting() async {
        guard let writer else { return }
        await withTaskCancellationHandler {
            await writer.value
        } onCancel: {
            writer.cancel()
        }
    }

    /// Has nothing more written to it: what was not is `untaken`.
    func abandon() async {
        writer?.cancel()
        await writer?.value
        fanout?.remove(self)
    }

    func stopWriter() {
        writer?.cancel()
        writer = nil
    }
}
