import Glibc
import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct UnixFileTests {
    @Test(arguments: [nil, 0o666, 0o700] as [UInt32?])
    func `the socket's file has the mode asked for, 600 if none was, and the process keeps its mask`(
        mode: UInt32?
    ) async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            var configuration = ListenConfiguration()
            if let mode { configuration.unixMode = mode }
            let mask = try creationMask()
            let listener = try await configuration.listen(.unix, path)
            #expect(try #require(fileStatus(of: path)).st_mode & 0o7777 == mode ?? 0o600)
            #expect(try creationMask() == mask)
            listener.close()
        }
    }

    @Test(arguments: [Network.unix, .unixpacket, .unixgram])
    func `the file is there while somebody listens, and no longer`(network: Network) async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            let place = try await Place(network, path)
            #expect(fileStatus(of: path) != nil && place.endpoint == .unix(.path(ByteString(path))))
            place.close()
            place.close()
            #expect(fileStatus(of: path) == nil)
        }
    }

    @Test func `a listener that nobody holds any more takes its file with it`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            do { _ = try await ListenConfiguration().listen(.unix, path).endpoint }
            try await waitUntil("the end of the file") { fileStatus(of: path) == nil }
        }
    }

    @Test(arguments: [Network.unix, .unixpacket, .unixgram])
    func `a stale file is replaced`(network: Network) async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            try makeStaleSocket(at: path, network.kind)
            let stale = try #require(fileStatus(of: path))
            let place = try await Place(network, path)
            #expect(
                try #require(fileStatus(of: path)).st_ino != stale.st_ino
                    || stale.st_mode != fileStatus(of: path)?.st_mode)
            place.close()
        }
    }

    @Test(arguments: [Network.unix, .unixpacket, .unixgram])
    func `a file that somebody listens on is not taken, and he goes on`(network: Network) async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            let place = try await Place(network, path)
            let before = try #require(fileStatus(of: path))
            for other in [Network.unix, .unixpacket, .unixgram] {
                let error = try await failure { _ = try await Place(other, path) }
                #expect(error.description == "listen \(other) \(path): bind: address already in use")
            }
            #expect(try #require(fileStatus(of: path)).st_ino == before.st_ino)
            let client = try await Dialer(timeout: patience).dial(network, path)
            client.close()
            place.close()
        }
    }

    @Test(arguments: [Network.unix, .unixpacket, .unixgram])
    func `a file is not taken from who is bound to it and does not listen yet`(network: Network) async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            let socket = try SocketCalls.socket(.unix, .stream)
            try SocketCalls.bind(socket.rawValue, to: .unix(.path(ByteString(path))), family: .unix)
            let error = try await failure { _ = try await Place(network, path) }
            #expect(error.errno == .addressInUse && fileStatus(of: path) != nil)
            try socket.close()
        }
    }

    @Test func `a file that is no socket is kept`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            try writeFile(path, [1, 2, 3])
            let error = try await failure { _ = try await ListenConfiguration().listen(.unix, path) }
            #expect(error.errno == .addressInUse && error.hint != nil)
            #expect(try contents(of: path) == [1, 2, 3])
        }
    }

    @Test func `a symbolic link is not followed to what it names`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let (path, link) = ("\(directory.path)/s", "\(directory.path)/link")
            try makeStaleSocket(at: path)
            try #require(unsafe symlink(path, link) == 0)
            let error = try await failure { _ = try await ListenConfiguration().listen(.unix, link) }
            #expect(error.errno == .addressInUse && fileStatus(of: path) != nil && fileStatus(of: link) != nil)
        }
    }

    @Test func `permissions are given to a socket's file only, and not to what a link in its place names`() throws {
        let directory = try TemporaryDirectory()
        let (file, link) = ("\(directory.path)/file", "\(directory.path)/link")
        try writeFile(file, [1])
        try #require(unsafe chmod(file, 0o600) == 0)
        try #require(unsafe symlink(file, link) == 0)
        for path in [file, link] {
            #expect(throws: Errno.self) { try FileCalls.setMode(0o666, ofSocketAt: ByteString(path)) }
        }
        #expect(try #require(fileStatus(of: file)).st_mode & 0o7777 == 0o600)
    }

    @Test func `a stale file is looked at and replaced under a lock of its directory`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            try makeStaleSocket(at: path)
            let holder = try FileCalls.open(ByteString(directory.path), for: .read)
            guard case .done = try FileCalls.lock(holder.rawValue) else { throw Unexpected("the lock is taken") }
            let waiting = Netpoller.spawn { try await ListenConfiguration().listen(.unix, path) }
            await Netpoller.sleep(for: .milliseconds(20))
            // Whoever holds the lock replaces it first: the other then finds somebody there.
            try #require(unsafe unlink(path) == 0)
            let first = try await ListenConfiguration().listen(.unix, path)
            try holder.close()
            #expect(try await failure { _ = try await waiting.value }.errno == .addressInUse)
            let client = try await Dialer(timeout: patience).dial(.unix, path)
            client.close()
            first.close()
            #expect(fileStatus(of: path) == nil)
        }
    }

    @Test func `a lock that somebody keeps is not waited for without end, and the file stays`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            try makeStaleSocket(at: path)
            let holder = try FileCalls.open(ByteString(directory.path), for: .read)
            guard case .done = try FileCalls.lock(holder.rawValue) else { throw Unexpected("the lock is taken") }
            let error = try await failure { _ = try await ListenConfiguration().listen(.unix, path) }
            #expect(error.errno == .addressInUse && fileStatus(of: path) != nil)
            try holder.close()
        }
    }

    @Test func `a file that took the place of ours stays`() async throws {
        try await onLoop {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/s"
            let first = try await ListenConfiguration().listen(.unix, path)
            try #require(unsafe unlink(path) == 0)
            let second = try await ListenConfiguration().listen(.unix, path)
            first.close()
            let client = try await Dialer(timeout: patience).dial(.unix, path)
            client.close()
            second.close()
            #expect(fileStatus(of: path) == nil)
        }
    }

    @Test func `a path that is too long is an error before anything is made`() async throws {
        try await onLoop {
            let path = "/tmp/" + String(repeating: "x", count: 110)
            let error = try await failure { _ = try await ListenConfiguration().listen(.unix, path) }
            #expect(error.code == "usage" || error.errno == Errno(rawValue: ENAMETOOLONG))
        }
    }

    /// umask(2) can only be read by setting it; the kernel tells it here too.
    private func creationMask() throws -> UInt32 {
        let status = try String(decoding: contents(of: "/proc/self/status"), as: UTF8.self)
        let digits = try #require(status.firstMatch(of: /Umask:\s+([0-7]+)/)).output.1
        return try #require(UInt32(digits, radix: 8))
    }
}

/// A listener or a datagram socket, whichever the network has.
@Netpoller
private struct Place {
    private var listener: Listener?
    private var socket: DatagramSocket?

    init(_ network: Network, _ path: String) async throws {
        if network.kind == .datagram {
            socket = try await ListenConfiguration().listenDatagram(network, path)
        } else {
            listener = try await ListenConfiguration().listen(network, path)
        }
    }

    var endpoint: Endpoint? { listener?.endpoint ?? socket?.localEndpoint }

    func close() {
        listener?.close()
        socket?.close()
    }
}
