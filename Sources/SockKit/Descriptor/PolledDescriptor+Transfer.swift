/// Bytes through a descriptor, as spans.
extension PolledDescriptor {
    /// What the calls of a descriptor are: sockets have their own.
    package enum Family: Sendable {
        case streamSocket, messageSocket, file
    }

    /// One read: what is there, at most the buffer; 0 is the end, or an empty buffer.
    package func read(
        into buffer: inout MutableSpan<UInt8>, _ family: Family
    ) async throws(DescriptorFailure) -> Int {
        let room = buffer.count
        let count = try await perform(.read) { number throws(Errno) in
            try unsafe buffer.withUnsafeMutableBytes { bytes throws(Errno) in
                family == .file
                    ? try unsafe TransferCalls.read(number, into: bytes)
                    : try unsafe TransferCalls.receive(number, into: bytes)
            }
        }
        // A pipe or a terminal may hold more than one read gives; only a byte stream over a socket does not.
        if family == .streamSocket, count > 0, count < room { noteDrained() }
        return count
    }
}
