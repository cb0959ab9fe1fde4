/// The file that the secrets of sessions go to, in the form that Wireshark reads (NSS key log).
@safe final class TLSKeyLog: Sendable {
    private let number: Int32

    private init(_ number: Int32) {
        self.number = number
    }

    // Whatever session may still write to it holds it.
    deinit {
        try? FileDescriptor(adopting: number).close()
    }

    /// Opens a file for them, which nobody else may read; what it holds stays.
    static func open(_ path: ByteString) throws(TLSFailure) -> TLSKeyLog {
        do throws(Errno) {
            return try TLSKeyLog(FileCalls.openPrivate(path).release())
        } catch {
            let reason = error == .tooManyLinks ? "it is a symbolic link, and none is followed" : "\(error)"
            throw TLSFailure(.unwritable, "--tls-key-log: \(path): \(reason)")
        }
    }

    /// One line, with one call, so that two processes may share the file.
    private func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        try? FileCalls.writeBlocking(number, bytes.span)
    }

    static let callback: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?) -> Void = { session, line in
        guard let line = unsafe line else { return }
        unsafe TLSChannel.of(session: session)?.keyLog?.write(unsafe String(cString: line))
    }
}
