/// The file of a Unix socket that we made, to be removed if it still is the same file.
struct OwnedPath: Sendable {
    private let path: String
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

    /// Removes the socket file at `path` if it is a socket and nobody is behind it; true if it is gone.
    ///
    /// A connect(2) tells: only a file that no socket is bound to refuses. It is made with a socket of another type, for
    /// which a live one has EPROTOTYPE (unix(7)): a connect that succeeded would take a place in the listener's queue.
    /// A file that is no socket stays.
    static func removeStale(_ endpoint: Endpoint, _ kind: Network.Kind) -> Bool {
        guard case .unix(.path(let path)) = endpoint,
            let identity = try? FileCalls.identity(ofPath: path), identity.kind == .socket
        else { return false }
        do throws(Errno) {
            let probe = try SocketCalls.socket(.unix, kind == .datagram ? .stream : .datagram)
            try SocketCalls.connect(probe.rawValue, to: endpoint, family: .unix)
            return false
        } catch {
            guard error == .connectionRefused else { return false }
            return (try? FileCalls.remove(path)) != nil
        }
    }
}
