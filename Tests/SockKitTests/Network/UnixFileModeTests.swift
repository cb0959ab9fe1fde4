import Glibc
import SockKit
import Synchronization
import Testing

/// The file of a Unix socket is nobody else's from the moment it is there, whatever the process's mask.
@Suite(.timeLimit(.minutes(5))) struct UnixFileModeTests {
    @Test(arguments: [Network.unix, .unixpacket, .unixgram])
    func `bind makes the file with the mode that was asked for, and not a wider one`(network: Network) async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            let watch = BindWatch(path)
            defer { watch.remove() }
            if network.kind == .datagram {
                try await ListenConfiguration().listenDatagram(network, path).close()
            } else {
                try await ListenConfiguration().listen(network, path).close()
            }
            #expect(watch.mode == 0o600)
        }
    }

    @Test func `a name that a dial gives its own end is as private`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let (path, own) = ("\(directory.path)/s", "\(directory.path)/own")
            let listener = try await ListenConfiguration().listen(.unix, path)
            let watch = BindWatch(own)
            defer { watch.remove() }
            let source = Endpoint.unix(.path(ByteString(own)))
            let client = try await Dialer(timeout: patience, source: source).dial(.unix, path)
            #expect(watch.mode == 0o600)
            client.close()
            listener.close()
        }
    }

    @Test func `a link in the file's place is neither followed nor replaced, wherever it leads`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let link = "\(directory.path)/link"
            try #require(unsafe symlink("\(directory.path)/elsewhere", link) == 0)
            let error = try await failure { _ = try await ListenConfiguration().listen(.unix, link) }
            #expect(error.errno == .addressInUse)
            #expect(names(in: directory.path) == ["link"])
        }
    }
}

/// Looks at a file right behind the bind(2) that makes it, before this process can do anything more.
private final class BindWatch: SystemCallObserver {
    private let path: String
    private let seen = Mutex<UInt32?>(nil)

    init(_ path: String) {
        self.path = path
        SystemCall.watch(self)
    }

    func remove() { SystemCall.unwatch { ($0 as? BindWatch) === self } }

    var mode: UInt32? { seen.withLock { $0 } }

    func observe(_ record: SystemCallRecord) {
        guard record.call == "bind", record.arguments.hasSuffix(", \(path)") else { return }
        let mode = fileStatus(of: path)?.st_mode
        seen.withLock { $0 = mode.map { $0 & 0o7777 } }
    }
}
