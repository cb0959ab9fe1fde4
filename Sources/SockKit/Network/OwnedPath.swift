/// The file of a Unix socket that we made, to be removed if it still is the same file.
///
/// It must be removed before its socket is closed: until then nobody takes it for a stale one, and its inode number is not
/// given to another file.
struct OwnedPath: Sendable {
    private let path: ByteString
    private let identity: FileIdentity

    /// Remembers the file that bind(2) has just made.
    init?(_ endpoint: Endpoint) {
        guard case .unix(.path(let path)) = endpoint, let identity = try? FileCalls.identity(ofPath: path) else {
            return nil
        }
        self.path = path
        self.identity = identity
    }

    func remove() {
        guard let present = try? FileCalls.identity(ofPath: path), present == identity else { return }
        try? FileCalls.remove(path)
    }
}
