extension Connection: ByteStream {
    public var names: StreamNames { StreamNames(network, local: localEndpoint, remote: remoteEndpoint) }

    public var plainSource: PlainDescriptor? { plain }
    public var plainSink: PlainDescriptor? { plain }

    /// A network of messages has boundaries that a pipe would not keep.
    private var plain: PlainDescriptor? {
        guard network.kind == .stream, layer == nil else { return nil }
        return PlainDescriptor(descriptor, .socket) { operation, failure in self.failure(operation, failure) }
    }
}
