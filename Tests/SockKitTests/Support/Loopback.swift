import Glibc
import SockKit
import Synchronization
import Testing

/// The two ends of one connection, with deadlines that bound whatever a test does with them.
@Netpoller
struct Loopback {
    let client: Connection
    let server: Connection

    func close() {
        client.close()
        server.close()
    }
}

/// A connected pair on a connection-oriented network of this machine.
@Netpoller
func loopback(
    _ network: Network = .tcp, client clientOptions: SocketOptions = SocketOptions(),
    server serverOptions: SocketOptions = SocketOptions()
) async throws -> Loopback {
    let listener = try await listen(network, options: serverOptions)
    defer { listener.close() }
    let client = try await Dialer(timeout: patience, options: clientOptions)
        .dial(network, listener.endpoint.description)
    let server = try await listener.accept()
    client.setDeadline(.now + patience)
    server.setDeadline(.now + patience)
    return Loopback(client: client, server: server)
}

/// A listener on a place of its own, with a deadline.
@Netpoller
func listen(
    _ network: Network = .tcp, backlog: Int32 = 128, options: SocketOptions = SocketOptions()
) async throws -> Listener {
    let listener = try await ListenConfiguration(backlog: backlog, options: options)
        .listen(network, freshAddress(network))
    listener.deadline = .now + patience
    return listener
}

/// Does it again with other ports where one is taken: a port that the kernel gave for one address, or one family, may be
/// somebody else's at another.
@Netpoller
func untilPortsAreFree<Value: ~Copyable>(_ body: @Netpoller () async throws -> Value) async throws -> Value {
    for _ in 0..<20 {
        do {
            return try await body()
        } catch let error as NetworkError where error.errno == .addressInUse {
        } catch let error as Errno where error == .addressInUse {
        }
    }
    return try await body()
}

/// A literal address to listen on that nobody else uses.
func freshAddress(_ network: Network) -> String {
    switch network {
    case .tcp, .tcp4, .udp, .udp4: "127.0.0.1:0"
    case .tcp6, .udp6: "[::1]:0"
    case .vsock: "vsock:local:0"
    case .unix, .unixgram, .unixpacket: "@sockkit-\(getpid())-\(addressCount.add(1, ordering: .relaxed).newValue)"
    }
}

private let addressCount = Atomic<Int>(0)

extension Connection {
    /// One read of at most `count` bytes.
    func read(upTo count: Int) async throws(NetworkError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var span = buffer.mutableSpan
        let length = try await read(into: &span)
        return Array(buffer.prefix(length))
    }

    /// One read, as text.
    func readText(upTo count: Int = 1024) async throws(NetworkError) -> String {
        String(decoding: try await read(upTo: count), as: UTF8.self)
    }

    /// Exactly `count` bytes, or fewer if the stream ends before.
    func readAll(_ count: Int = .max) async throws(NetworkError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let chunk = try await readChunk(maximum: min(count - bytes.count, 64 * 1024))
            if chunk.isEmpty { break }
            bytes += chunk.copy()
            chunk.giveBack()
        }
        return bytes
    }

    /// Bytes in one of the kernel's queues of this socket.
    func queued(_ queue: SocketQueue) throws -> Int {
        try descriptor.withNumber { number throws(Errno) in try FileCalls.queued(number, queue) }
    }

    func option(_ option: SocketOption) throws -> Int32 {
        try descriptor.withNumber { number throws(Errno) in try option.get(from: number) }
    }

    /// The descriptor's number while it is open.
    var number: Int32 { (try? descriptor.withNumber { $0 }) ?? -1 }

    /// Waits until `count` bytes have arrived and wait to be read.
    func waitUntilReceived(_ count: Int) async throws {
        try await waitUntil("\(count) bytes in the receive queue") { try queued(.received) >= count }
    }
}

extension DatagramSocket {
    var number: Int32 { (try? descriptor.withNumber { $0 }) ?? -1 }
}

extension Listener {
    var number: Int32 { (try? descriptor.withNumber { $0 }) ?? -1 }
}

extension Endpoint {
    /// The same machine, another port.
    func with(port: UInt16) -> Endpoint {
        address.map { .ip($0, port: port) } ?? self
    }
}
