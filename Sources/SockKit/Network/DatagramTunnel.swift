/// A relay that a socket's datagrams go through: each has a header before its payload, and all of it lasts as long as a
/// connection to the relay does.
@Netpoller
package final class DatagramTunnel {
    /// What goes before each payload.
    nonisolated let header: [UInt8]
    private let control: Connection
    private let opens: @Sendable (Span<UInt8>) -> Int?
    /// Why it is over, where the relay ended it.
    private(set) var failure: NetworkError?
    private var watch: Task<Void, Never>?

    /// `opens` says of a datagram that came how long its header is; nil drops it.
    package init(header: [UInt8], control: Connection, opens: @escaping @Sendable (Span<UInt8>) -> Int?) {
        self.header = header
        self.control = control
        self.opens = opens
    }

    isolated deinit {
        close()
    }

    /// Where the payload of a datagram begins; nil for one that is not to be taken.
    func payload(of datagram: Span<UInt8>) -> Int? { opens(datagram) }

    /// Has the socket closed, with this error, when the relay ends the connection.
    package func end(_ descriptor: PolledDescriptor, with failure: NetworkError) {
        watch = Netpoller.spawn { [control, weak self, weak descriptor] in
            do throws(NetworkError) { while try await control.discard() != nil {} } catch {
                if error.isClosed || error.cause == .cancelled { return }
            }
            self?.failure = failure
            descriptor?.close()
            control.close()
        }
    }

    func close() {
        watch?.cancel()
        control.close()
    }
}

/// What few connections have, so that the many need room for one reference only.
@Netpoller
final class ConnectionExtras {
    /// The file of its own name: a Unix socket that was bound before it connected.
    private var path: OwnedPath?
    let tunnel: DatagramTunnel?
    /// What the bytes pass through: TLS.
    var layer: (any ConnectionLayer)?
    /// A task sends what the layer keeps; who reads is woken when it is done.
    var isFlushing = false
    var readerAwaitsFlush = false

    init(path: OwnedPath?, tunnel: DatagramTunnel?) {
        self.path = path
        self.tunnel = tunnel
    }

    isolated deinit {
        path?.remove()
    }

    func close() {
        // Before the socket is closed: afterwards the file may be somebody else's already.
        path.take()?.remove()
        tunnel?.close()
    }
}

/// Datagrams through a relay.
extension Connection {
    /// The same socket, whose datagrams go through a relay from now on; this connection is closed after that.
    package func moved(into tunnel: DatagramTunnel) throws(NetworkError) -> Connection {
        let (local, remote) = (localEndpoint, remoteEndpoint)
        do throws(DescriptorFailure) {
            guard let socket = release() else { throw DescriptorFailure.closed }
            let descriptor: PolledDescriptor
            do throws(Errno) { descriptor = try PolledDescriptor(adopting: socket) } catch { throw .system(error) }
            return Connection(descriptor, network, local: local, remote: remote, path: nil, tunnel: tunnel)
        } catch {
            throw failure(.dial, error, call: "epoll_ctl")
        }
    }

    /// How many bytes of each message are not the payload's.
    package var messageOverhead: Int { extras?.tunnel?.header.count ?? 0 }

    @inline(never)
    func write(_ bytes: Span<UInt8>, through tunnel: DatagramTunnel) async throws(NetworkError) {
        var datagram = tunnel.header
        datagram.append(bytes)
        var gone = 0
        do throws(DescriptorFailure) {
            try await descriptor.write(datagram.span, family, progress: &gone)
        } catch {
            throw failure(.write, error)
        }
    }

    /// The payload of the next datagram that is to be taken.
    func readMessage(maximum: Int, through tunnel: DatagramTunnel) async throws(NetworkError) -> Chunk {
        while true {
            let datagram: Chunk
            do throws(DescriptorFailure) {
                datagram = try await descriptor.readMessage(maximum: Self.longestMessage)
            } catch {
                throw failure(.read, error)
            }
            guard let start = datagram.withBytes({ tunnel.payload(of: $0) }) else {
                datagram.giveBack()
                continue
            }
            return datagram.payload(from: start, maximum: maximum)
        }
    }
}
