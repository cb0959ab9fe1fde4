/// A Unix socket's file whose socket may be gone, and the right to put another in its place.
///
/// Of several processes that find the same stale file only one may replace it: the others would remove the new one, behind
/// which somebody listens by then. So whoever looks, removes and binds holds a lock on the directory meanwhile, which
/// leaves no file behind.
struct StalePath: ~Copyable {
    private let path: ByteString
    private let lock: FileDescriptor

    /// Takes the lock; nil where it cannot be had, so that nothing may be replaced.
    @Netpoller
    init?(_ endpoint: Endpoint) async {
        guard case .unix(.path(let path)) = endpoint,
            let directory = try? FileCalls.open(Self.directory(of: path), for: .read)
        else { return nil }
        // It is held for the time of a few calls; who holds it for long is not one of us.
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(50))
        let end = Deadline.now + .seconds(1)
        while true {
            guard let attempt = try? FileCalls.lock(directory.rawValue) else { return nil }
            if case .done = attempt { break }
            guard !end.hasPassed, await Netpoller.sleep(for: backoff.next()) else { return nil }
        }
        self.path = path
        lock = directory
    }

    /// Removes the file if it is a socket and nobody is behind it; true if there is none now.
    ///
    /// A connect(2) tells. It is made with a datagram socket, which is refused only where no socket is bound to the
    /// file: a stream has EPROTOTYPE for it (unix(7)), whether it listens already or not, and nothing comes into its
    /// queue; a datagram socket does not notice it. A stream's connect would be refused by who is bound and does not
    /// listen yet. A file that is no socket stays.
    func clear() -> Bool {
        do throws(Errno) {
            let identity = try FileCalls.identity(ofPath: path)
            guard identity.kind == .socket, try isRefused(), try FileCalls.identity(ofPath: path) == identity else {
                return false
            }
            try FileCalls.remove(path)
            return true
        } catch {
            return error == .noSuchFile
        }
    }

    /// Lets the lock go, once the path is bound.
    consuming func release() {}

    private func isRefused() throws(Errno) -> Bool {
        let probe = try SocketCalls.socket(.unix, .datagram)
        do throws(Errno) {
            try SocketCalls.connect(probe.rawValue, to: .unix(.path(path)), family: .unix)
            return false
        } catch {
            return error == .connectionRefused
        }
    }

    private static func directory(of path: ByteString) -> ByteString {
        guard let slash = path.bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == 0 ? "/" : ByteString(bytes: path.bytes[..<slash])
    }
}
