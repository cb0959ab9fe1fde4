/// Datagrams that are hidden from everybody else: TLS over UDP, with one peer.
extension DatagramSocket {
    /// The socket of a connection under TLS, which is this socket's from now on: closing one closes the other.
    public convenience init(secured connection: Connection) {
        self.init(
            connection.descriptor, connection.network, family: connection.remoteEndpoint.socketFamily,
            local: connection.localEndpoint, path: nil, remote: connection.remoteEndpoint, carrier: connection)
    }

    /// Whether what is sent goes through TLS: then an end can be said, and a datagram has 1 to 16,384 bytes.
    public var isSecured: Bool { carrier != nil }

    /// The next datagram, as the only one of the batch. The error at the peer's end is `closed`.
    func receive(into batch: DatagramBatch, through carrier: Connection) async throws(NetworkError) {
        let chunk = try await carrier.readChunk()
        guard !chunk.isEnd else { throw failure(.read, .closed, remoteEndpoint, call: "read") }
        chunk.withBytes { bytes in batch.hold(bytes, from: carrier.remoteEndpoint) }
        chunk.giveBack()
    }

    /// Sends the batch's next datagram, and says that it was one.
    func send(_ batch: OutgoingBatch, through carrier: Connection) async throws(NetworkError) -> Int {
        guard let payload = try payload(of: batch, carrier) else { return 0 }
        try await carrier.write(payload.span)
        return batch.dropFirst()
    }

    /// As `send`, where it need not wait; nil where it would have to.
    func sendNow(_ batch: OutgoingBatch, through carrier: Connection) throws(NetworkError) -> Int? {
        guard let layer = carrier.layer, let payload = try payload(of: batch, carrier) else { return nil }
        return try carrier.writeNow(payload.span, through: layer) == 0 ? nil : batch.dropFirst()
    }

    private func payload(of batch: OutgoingBatch, _ carrier: Connection) throws(NetworkError) -> [UInt8]? {
        guard let payload = batch.firstPayload, payload.isEmpty else { return batch.firstPayload }
        // The library makes no record of nothing, and says that it did.
        throw NetworkError(
            .write, network: network, local: localEndpoint, remote: remoteEndpoint,
            cause: .message(MessageError(.refused, "datagram", "an empty one cannot be hidden by TLS")))
    }
}
