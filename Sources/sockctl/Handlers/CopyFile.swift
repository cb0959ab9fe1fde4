import SockKit

/// A file that is written to as the bytes pass: at once, or, where it is a pipe or a terminal whose reader may take his
/// time, beside the loop.
@Netpoller
final class CopyFile {
    struct Unopened: Error {
        let failure: Failure
    }

    private let path: Word
    let number: Int32
    /// A file or a device, which keeps nobody waiting; nil where there is a queue.
    private let plain: FileDescriptor?
    private let queue: FileQueue?

    init(_ path: Word, appending: Bool = false) throws(Unopened) {
        self.path = path
        do throws(Errno) {
            let file = try FileCalls.openOutput(path.byteString, for: appending ? .append : .write)
            number = file.rawValue
            let kind = try FileCalls.identity(of: file.rawValue).kind
            if kind == .pipe || kind == .terminal {
                queue = try FileQueue(file, named: path.text)
                plain = nil
            } else {
                queue = nil
                plain = consume file
            }
        } catch {
            throw Unopened(failure: Failure(error, openingOutput: path))
        }
    }

    /// Whether what is written waits for who reads it.
    var waits: Bool { queue != nil }

    /// Told of the first write beside the loop that failed.
    var onFailure: (@Netpoller (NetworkError) -> Void)? {
        get { queue?.onFailure }
        set { queue?.onFailure = newValue }
    }

    func failure(_ error: Errno) -> NetworkError {
        NetworkError(.write, .file(path.text), cause: .system(error, call: "write"))
    }

    /// Takes the bytes; says why where they could not be written at once.
    func write(_ bytes: Span<UInt8>) -> NetworkError? {
        if let queue {
            queue.append { $0.append(bytes) }
            return nil
        }
        do throws(Errno) {
            try FileCalls.writeBlocking(number, bytes)
            return nil
        } catch {
            return failure(error)
        }
    }

    // MARK: - Beside the loop

    var isFull: Bool { queue?.isFull ?? false }

    /// Waits until whoever reads has taken most of it.
    func waitForRoom() async { await queue?.waitForRoom() }

    /// Waits until all is written, where the task is cancelled no longer than a second; says what was not.
    func finish() async -> OutputDroppedEvent? {
        guard let queue else { return nil }
        await queue.finish()
        return queue.bytesLost > 0 ? OutputDroppedEvent(bytes: queue.bytesLost, path: path.text) : nil
    }
}
