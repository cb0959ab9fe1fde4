/// The sessions that a client can take up again, one for each server; in a file, for the next run, where one is named.
@Netpoller
final class SessionStore {
    private let library: TLSLibrary
    private let file: ByteString?
    private var kept: [String: [UInt8]] = [:]
    /// Whether the file was made here, and holds nothing yet.
    private var isMade = false
    /// Told that the file cannot be written: once, of however many sessions.
    private let onFailure: (@Netpoller @Sendable (NetworkError) -> Void)?
    private var hasFailed = false

    /// More servers than one program talks to are forgotten.
    private static let most = 1000
    private nonisolated static let longestFile = 4 << 20
    private nonisolated static let longestSession = 32 * 1024

    /// Reads the file's session; one that is not there will be made.
    init(
        _ file: ByteString?, _ library: TLSLibrary, onFailure: (@Netpoller @Sendable (NetworkError) -> Void)?
    ) throws(TLSFailure) {
        (self.file, self.library) = (file, library)
        self.onFailure = onFailure
        guard let file else { return }
        let text: String
        do throws(Errno) {
            text = try NamedFile.text(of: file, atMost: Self.longestFile, mustBePrivate: true)
        } catch {
            // A session stands for a server that has proved who it is: nobody else may say so.
            if error == .notPermitted {
                throw TLSFailure(
                    .configuration, "--tls-session: \(file): others may read or write it",
                    hint: "it must be your own, and private: chmod 600 \(file)")
            }
            guard error == .noSuchFile else { throw NamedFile.failure(file, error) }
            do throws(Errno) { try FileCalls.openPrivate(file).close() } catch {
                throw TLSFailure(.unwritable, "--tls-session: \(file): \(error)")
            }
            isMade = true
            return
        }
        for line in text.split(separator: "\n") where !read(line) {
            throw TLSFailure(
                .configuration, "--tls-session: \(file): it holds something else than sessions",
                hint: "what is there would be written over: name another file")
        }
    }

    /// A line is the server's name, its address and the session in Base64.
    private func read(_ line: Substring) -> Bool {
        guard let space = line.lastIndex(of: " "), let bytes = Base64.decode(String(line[line.index(after: space)...]))
        else { return false }
        kept[String(line[..<space])] = bytes
        return true
    }

    func install(in context: TLSContext) {
        let functions = library.functions
        _ = unsafe functions.SSL_CTX_ctrl(
            context.handle, TLSNumber.Control.setSessionCache, TLSNumber.clientCache | TLSNumber.noInternalCache, nil)
        unsafe functions.SSL_CTX_sess_set_new_cb(context.handle, Self.callback)
    }

    /// Offers the server the session that it gave last time, and keeps the one that it gives now.
    func resume(_ key: String, _ session: TLSSession) {
        let functions = library.functions
        unsafe session.channel.onSession = { [weak self] made in unsafe self?.keep(made, key) ?? false }
        // A ticket is used once (RFC 8446 appendix C.4): whoever sees it twice knows that it is the same client.
        guard let bytes = kept.removeValue(forKey: key) else { return }
        let made = unsafe bytes.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return unsafe functions.d2i_SSL_SESSION(nil, &start, buffer.count)
        }
        guard let made = unsafe made else { return functions.ERR_clear_error() }
        _ = unsafe functions.SSL_set_session(session.handle, made)
        unsafe functions.SSL_SESSION_free(made)
    }

    private static let callback: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { session, made in
        guard let made = unsafe made, let keep = unsafe TLSChannel.of(session: session)?.onSession else { return 0 }
        _ = unsafe keep(made)
        // It was copied: the library may free it.
        return 0
    }

    private nonisolated func keep(_ made: OpaquePointer, _ key: String) -> Bool {
        let functions = library.functions
        let count = Int(unsafe functions.i2d_SSL_SESSION(made, nil))
        guard count > 0, count < Self.longestSession else { return false }
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            _ = unsafe functions.i2d_SSL_SESSION(made, &start)
        }
        let copy = bytes
        // The library calls in the middle of a read, on the loop's thread.
        Netpoller.spawn { self.note(copy, key) }
        return true
    }

    private func note(_ bytes: [UInt8], _ key: String) {
        if kept.count >= Self.most, kept[key] == nil { kept.removeAll() }
        kept[key] = bytes
        guard let file else { return }
        // What is too long could not be read again.
        if text.utf8.count > Self.longestFile { kept = [key: bytes] }
        // Whoever can read it can take up the session.
        do throws(Errno) {
            try FileCalls.replacePrivate(file, with: Array(text.utf8))
            isMade = false
        } catch {
            fail(file, error)
        }
    }

    private func fail(_ file: ByteString, _ error: Errno) {
        // Nobody is to take an empty file for one that holds something.
        if isMade, (try? FileCalls.identity(ofPath: file))?.size == 0 { try? FileCalls.remove(file) }
        guard !hasFailed else { return }
        hasFailed = true
        onFailure?(NetworkError(.write, .file(file.description), cause: .system(error, call: "write")))
    }

    /// As the file has them.
    private var text: String { kept.map { "\($0.key) \(Base64.encode($0.value))\n" }.sorted().joined() }
}
