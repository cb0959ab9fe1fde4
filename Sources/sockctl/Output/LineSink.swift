import SockKit
import Synchronization

/// Where reports go: a descriptor whose reader may be slow, or gone, and must not stop the program either way.
///
/// A line that would have to wait is queued, and a thread that lives as long as the queue writes it.
final class LineSink: Sendable {
    private struct State {
        var waiting: [[UInt8]] = []
        var waitingBytes = 0
        var isDraining = false
        var isGone = false
        /// The first write that failed although no reader has gone: a full disk, or a descriptor that was never open.
        var failure: Errno?
        var lost = 0
        /// The line that stands below all others on a terminal, while there is one.
        var status: String?
        /// Whole lines that are to be written together, soon.
        var gathered: [UInt8] = []
        var isFlushPlanned = false
    }

    private let descriptor: Int32
    private let isTerminal: Bool
    /// The terminal, opened anew so that a write takes what there is room for: one that polls writable may have room
    /// for a byte, and the given descriptor would wait for the rest. nil where it cannot be had.
    private let own: Int32?
    private let describeLoss: @Sendable (Int) -> [UInt8]
    private let state = Lock(State())

    /// POSIX lets a pipe that polls writable take so much without waiting (PIPE_BUF).
    private static let safeLength = 4096
    private static let longestQueue = 4 << 20

    /// `describeLoss` makes the line that tells how many were dropped.
    init(_ descriptor: Int32, isTerminal: Bool, describeLoss: @escaping @Sendable (Int) -> [UInt8]) {
        self.descriptor = descriptor
        self.isTerminal = isTerminal
        own = isTerminal ? Self.reopened(descriptor) : nil
        self.describeLoss = describeLoss
    }

    deinit {
        if let own { _ = FileDescriptor(adopting: own) }
    }

    private static func reopened(_ descriptor: Int32) -> Int32? {
        let path = ByteString("/proc/self/fd/\(descriptor)")
        return try? FileCalls.open(path, for: .write, nonBlocking: true, creating: false).release()
    }

    /// True once the reader has gone.
    var isGone: Bool { state.withLock { $0.isGone } }

    /// Why something was lost, other than that the reader has gone.
    var failure: Errno? { state.withLock { $0.failure } }

    /// True while lines wait for their reader.
    var isBusy: Bool { state.withLock { $0.isDraining } }

    /// Writes a line, with its newline, in one piece.
    func write(_ make: () -> [UInt8]) {
        state.withLock { state in
            // Made under the lock: times in lines that follow each other never run backwards.
            let line = make()
            flush(&state)
            if let status = state.status {
                put(Array("\r\u{1b}[K".utf8) + line + Array(status.utf8), &state)
            } else {
                put(line, &state)
            }
        }
    }

    /// Keeps a line, with its newline, to be written with those that follow it; true if `flush` is to be called for it.
    func gather(_ make: () -> [UInt8]) -> Bool {
        state.withLock { state in
            let line = make()
            if state.gathered.count + line.count > Self.safeLength { flush(&state) }
            state.gathered += line
            defer { state.isFlushPlanned = true }
            return !state.isFlushPlanned
        }
    }

    /// Writes what was gathered.
    func flush() {
        state.withLock { state in
            flush(&state)
            state.isFlushPlanned = false
        }
    }

    private func flush(_ state: inout State) {
        guard !state.gathered.isEmpty else { return }
        put(state.gathered, &state)
        state.gathered.removeAll(keepingCapacity: true)
    }

    /// Shows a line that is rewritten in place, below what is written; nil removes it.
    func setStatus(_ text: String?) {
        state.withLock { state in
            // A reader that is behind needs no progress, but what stands there is wiped in its turn.
            guard state.status != text, text == nil || !state.isDraining else { return }
            put(Array("\r\u{1b}[K\(text ?? "")".utf8), &state)
            state.status = text
        }
    }

    private func put(_ bytes: [UInt8], _ state: inout State) {
        guard !state.isGone, !bytes.isEmpty else { return }
        let gone = state.isDraining ? 0 : writeAtOnce(bytes, &state)
        guard gone < bytes.count else { return }
        // One that nothing waits before is never too long.
        guard state.waiting.isEmpty || state.waitingBytes + bytes.count <= Self.longestQueue else {
            state.lost += 1
            return
        }
        state.waiting.append(Array(bytes[gone...]))
        state.waitingBytes += bytes.count - gone
        guard !state.isDraining else { return }
        do throws(Errno) {
            try ThreadCalls.start { self.drain() }
            state.isDraining = true
        } catch {
            // Without a thread to wait, this one does.
            let waiting = state.waiting
            (state.waiting, state.waitingBytes) = ([], 0)
            for line in waiting { write(line, &state) }
        }
    }

    /// Writes what goes without waiting, and returns how much that was.
    private func writeAtOnce(_ bytes: [UInt8], _ state: inout State) -> Int {
        if let own {
            do throws(Errno) { return try UnwatchedCalls.writeSome(own, bytes) } catch { note(error, &state) }
        } else {
            guard bytes.count <= Self.safeLength, UnwatchedCalls.isWritable(descriptor) else { return 0 }
            write(bytes, &state)
        }
        return bytes.count
    }

    private func write(_ bytes: [UInt8], _ state: inout State) {
        do throws(Errno) { try UnwatchedCalls.write(descriptor, bytes) } catch { note(error, &state) }
    }

    /// A full disk loses the line, a reader that is gone all that follow. A descriptor that was closed at the beginning
    /// takes nothing either, but nobody has read there and had enough.
    private func note(_ error: Errno, _ state: inout State) {
        state.isGone = isEnd(error)
        if !state.isGone || error == .badFileDescriptor, state.failure == nil { state.failure = error }
    }

    private func isEnd(_ error: Errno) -> Bool {
        // A terminal that was hung up answers EIO; from all else that is a device that failed.
        error == .brokenPipe || error == .badFileDescriptor || error == .inputOutput && isTerminal
    }

    private func drain() {
        while let line = state.withLock({ next(&$0) }) {
            do throws(Errno) {
                try UnwatchedCalls.write(descriptor, line)
            } catch {
                state.withLock { note(error, &$0) }
            }
        }
    }

    private func next(_ state: inout State) -> [UInt8]? {
        if !state.isGone, !state.waiting.isEmpty {
            let line = state.waiting.removeFirst()
            state.waitingBytes -= line.count
            return line
        }
        if !state.isGone, state.lost > 0 {
            defer { state.lost = 0 }
            return describeLoss(state.lost)
        }
        (state.waiting, state.waitingBytes, state.isDraining) = ([], 0, false)
        return nil
    }
}
