/// A datagram as it arrived.
public struct Datagram: Sendable {
    /// How many bytes the buffer got.
    public let count: Int
    /// How long it was; more than `count` means that the rest is gone.
    public let length: Int
    public let source: Endpoint

    public var isTruncated: Bool { length > count }
}

/// A socket that sends to and receives from anyone, a whole datagram at a time.
@Netpoller
public final class DatagramSocket {
    public let network: Network
    public let localEndpoint: Endpoint
    /// The one peer of a connected socket; nil where it speaks with anyone.
    public let remoteEndpoint: Endpoint?
    package let descriptor: PolledDescriptor
    let family: SocketFamily
    /// Errors that come back are kept, each with the destination that it is about (IP_RECVERR).
    let hasErrorQueue: Bool
    private let path: OwnedPath?
    /// What its datagrams go through, where that is a relay.
    let tunnel: DatagramTunnel?
    /// The connection that they go through, where they are hidden by TLS.
    let carrier: Connection?

    init(
        _ descriptor: PolledDescriptor, _ network: Network, family: SocketFamily, local: Endpoint, path: OwnedPath?,
        remote: Endpoint? = nil, hasErrorQueue: Bool = false, tunnel: DatagramTunnel? = nil,
        carrier: Connection? = nil
    ) {
        (self.tunnel, self.carrier) = (tunnel, carrier)
        self.descriptor = descriptor
        self.network = network
        self.family = family
        self.path = path
        self.hasErrorQueue = hasErrorQueue
        localEndpoint = local
        remoteEndpoint = remote
    }

    isolated deinit {
        // Whoever has the connection may have more to say on it.
        if carrier == nil { close() }
    }

    public var readDeadline: Deadline? {
        get { descriptor[deadline: .read] }
        set { descriptor[deadline: .read] = newValue }
    }

    public var writeDeadline: Deadline? {
        get { descriptor[deadline: .write] }
        set { descriptor[deadline: .write] = newValue }
    }

    /// Waits for one datagram. An empty one is a datagram like any other; what does not fit the buffer is gone.
    public func receive(into buffer: inout MutableSpan<UInt8>) async throws(NetworkError) -> Datagram {
        let room = buffer.count
        do throws(DescriptorFailure) {
            let received = try await descriptor.perform(.read) { number throws(Errno) in
                try unsafe buffer.withUnsafeMutableBytes { bytes throws(Errno) in
                    try unsafe TransferCalls.receiveFrom(number, into: bytes)
                }
            }
            return Datagram(count: min(received.length, room), length: received.length, source: received.source)
        } catch {
            throw failure(.read, error, nil)
        }
    }

    /// Sends one datagram, whole or not at all.
    public func send(_ bytes: Span<UInt8>, to remote: Endpoint) async throws(NetworkError) {
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(20))
        do throws(DescriptorFailure) {
            while try await !sendOnce(bytes, to: remote) {
                let end = Deadline.now + backoff.next()
                guard await Netpoller.sleep(until: min(end, writeDeadline ?? end)) else { throw .cancelled }
            }
        } catch {
            throw failure(.write, error, remote)
        }
    }

    /// False if a Unix receiver's queue is full. No event tells when it no longer is: the socket, not being connected to
    /// the receiver, polls writable all the time, and every try in vain makes an event of its own (unix(7)).
    private func sendOnce(_ bytes: Span<UInt8>, to remote: Endpoint) async throws(DescriptorFailure) -> Bool {
        let family = family
        return try await descriptor.perform(.write) { number throws(Errno) in
            let outcome = try unsafe bytes.withUnsafeBytes { all throws(Errno) in
                try unsafe TransferCalls.send(number, all, to: remote, family: family)
            }
            if case .done = outcome { return .done(true) }
            return family == .unix ? .done(false) : .wouldBlock
        }
    }

    /// Closes; waiters wake with `closed`, and a Unix socket's file is removed. Harmless twice.
    public func close() {
        guard !descriptor.isClosed else { return }
        path?.remove()
        tunnel?.close()
        carrier?.close()
        descriptor.close()
    }

    /// A failed attempt as an error that names both ends.
    func failure(
        _ operation: NetworkError.Operation, _ failure: DescriptorFailure, _ remote: Endpoint?, call: String? = nil
    ) -> NetworkError {
        if case .closed = failure, let ended = tunnel?.failure { return ended }
        return NetworkError(
            operation, network: network, local: localEndpoint, remote: remote,
            cause: NetworkError.Cause(failure, call: call ?? (operation == .read ? "recvfrom" : "sendto")))
    }
}
