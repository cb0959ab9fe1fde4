/// A file that we made, of a Unix socket or of what is to be written, to be removed if it still is the same file.
///
/// It must be removed before its socket, or its descriptor, is closed: until then nobody takes it for a stale one, and its
/// inode number is not given to another file.
package struct OwnedPath: Sendable {
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

    /// Remembers the empty file that open(2) has just made.
    init?(_ path: ByteString, descriptor: Int32) {
        guard let identity = try? FileCalls.identity(of: descriptor) else { return nil }
        self.path = path
        self.identity = identity
    }

    /// Removes it, unless somebody has put another in its place, or something into it.
    package func remove() {
        guard let present = try? FileCalls.identity(ofPath: path), present == identity else { return }
        try? FileCalls.remove(path)
    }
}
