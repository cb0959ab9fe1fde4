private import Synchronization

/// The file that the secrets of sessions go to, in the form that Wireshark reads (NSS key log).
@safe final class TLSKeyLog: Sendable {
    private let path: ByteString
    /// A file or a device, which keeps nobody waiting; negative where there is a queue.
    private let number: Int32
    /// Of a pipe or a terminal, whose reader may take his time.
    private let queue: FileQueue?
    private let onFailure: (@Netpoller @Sendable (NetworkError) -> Void)?
    private let hasFailed = Lock(false)

    @Netpoller
    private init(
        _ path: ByteString, onFailure: (@Netpoller @Sendable (NetworkError) -> Void)?
    ) throws(Errno) {
        self.path = path
        self.onFailure = onFailure
        let file = try FileCalls.openPrivate(path)
        let kind = try FileCalls.identity(of: file.rawValue).kind
        guard kind == .pipe || kind == .terminal else {
            number = file.release()
            queue = nil
            return
        }
        let slow = try FileQueue(file, named: path.description)
        number = -1
        queue = slow
        slow.onFailure = onFailure
        SlowKeyLogs.add(slow)
    }

    // Whatever session may still write to it holds it.
    deinit {
        if number >= 0 { try? FileDescriptor(adopting: number).close() }
        if let queue { Netpoller.spawn { await SlowKeyLogs.end(queue) } }
    }

    /// Opens the file for them, which nobody else may read; what it holds stays. Nil where none was asked for.
    @Netpoller
    static func open(_ rules: TLSRules) throws(TLSFailure) -> TLSKeyLog? {
        guard let path = rules.keyLog else { return nil }
        do throws(Errno) {
            return try TLSKeyLog(path, onFailure: rules.onUnwritten)
        } catch {
            guard rules.needsKeyLog else {
                let failure = NetworkError(.write, .file(path.description), cause: .system(error, call: "open"))
                rules.onUnwritten?(failure)
                return nil
            }
            let isPipe = (try? FileCalls.identity(ofPath: path))?.kind == .pipe
            let hint =
                error == .noSuchDevice && isPipe ? "nobody reads this pipe: start who is to read it first" : nil
            throw TLSFailure(.unwritable, "--tls-key-log: \(path): \(reason(error, path))", hint: hint)
        }
    }

    private static func reason(_ error: Errno, _ path: ByteString) -> String {
        switch error {
        case .tooManyLinks: return "it is a symbolic link, and none is followed"
        // In a sticky folder some kernels say so themselves, before the file is open.
        case .notPermitted, .permissionDenied:
            return FileCalls.isOfAnother(path) ? "it belongs to another user" : "\(error)"
        default: return "\(error)"
        }
    }

    /// One line, with one call, so that two processes may share the file.
    private func write(_ line: String) {
        // Behind half a line no other could be read.
        guard !hasFailed.withLock({ $0 }) else { return }
        let bytes = Array((line + "\n").utf8)
        guard queue == nil else {
            // The library calls in the middle of a handshake, on the loop's thread.
            Netpoller.spawn { self.append(bytes) }
            return
        }
        do throws(Errno) { try FileCalls.writeBlocking(number, bytes.span) } catch { fail(error) }
    }

    /// Whoever reads the pipe is not waited for; what he leaves unread must not fill the memory.
    @Netpoller
    private func append(_ bytes: [UInt8]) {
        guard let queue else { return }
        guard !queue.isFull else { return fail(.wouldBlock) }
        queue.append { $0 += bytes }
    }

    /// Nothing more is written, and the first failure is told.
    private func fail(_ error: Errno) {
        let isFirst = hasFailed.withLock { failed in
            defer { failed = true }
            return !failed
        }
        guard isFirst, let onFailure else { return }
        let failure = NetworkError(.write, .file(path.description), cause: .system(error, call: "write"))
        Netpoller.spawn { onFailure(failure) }
    }

    static let callback: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Void = { session, line in
        guard let line = unsafe line else { return }
        unsafe TLSChannel.of(session: session)?.keyLog?.write(unsafe String(cString: line))
    }
}
