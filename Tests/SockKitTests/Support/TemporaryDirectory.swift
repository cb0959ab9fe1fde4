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
    let socket = try SocketCalls.socket(.unix, kind)
    try SocketCalls.bind(socket.rawValue, to: .unix(.path(ByteString(path))), family: .unix)
}
