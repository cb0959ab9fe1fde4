import Glibc
import SockKit

/// A directory that goes away with its contents at the latest when this does, with a path short enough for sockets.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/sockkit-test.XXXXXX\0".utf8CString.dropLast())
        guard let made = unsafe mkdtemp(&template) else { throw HarnessError("mkdtemp") }
        path = unsafe String(cString: made)
    }

    deinit { removeTree(path) }
}

/// A socket file behind which nobody is any more.
func makeStaleSocket(at path: String, _ kind: Network.Kind = .stream) throws {
    do {
        let socket = try SocketCalls.socket(.unix, kind)
        try SocketCalls.bind(socket.rawValue, to: .unix(.path(ByteString(path))), family: .unix)
    }
    // A program that another test starts at this moment has the socket, too, until its exec(3).
    let end = ContinuousClock.now + patience
    while try !isRefused(path, kind) {
        guard ContinuousClock.now < end else { throw Errno.timedOut }
        sched_yield()
    }
}

/// As connect(2) says it to a socket of another type: one of the same is refused by whoever does not listen (unix(7)).
private func isRefused(_ path: String, _ kind: Network.Kind) throws -> Bool {
    let probe = try SocketCalls.socket(.unix, kind == .datagram ? .stream : .datagram)
    do throws(Errno) {
        try SocketCalls.connect(probe.rawValue, to: .unix(.path(ByteString(path))), family: .unix)
        return false
    } catch {
        return error == .connectionRefused
    }
}
