extension Connection {
    /// Waits until bytes are there and looks at what there is, at most the buffer, without taking it: a read gives it all
    /// the same. 0 is the end of the stream, unless the buffer is empty.
    public func peek(into buffer: inout MutableSpan<UInt8>) async throws(NetworkError) -> Int {
        guard buffer.count > 0 else { return 0 }
        if let layer {
            let bytes = try await peek(upTo: buffer.count, through: layer)
            for (index, byte) in bytes.enumerated() { buffer[index] = byte }
            return bytes.count
        }
        do throws(DescriptorFailure) {
            return try await descriptor.perform(.read) { number throws(Errno) in
                try unsafe buffer.withUnsafeMutableBytes { bytes throws(Errno) in
                    try unsafe TransferCalls.receive(number, into: bytes, peeking: true)
                }
            }
        } catch {
            throw failure(.read, error)
        }
    }

    /// Takes as many bytes as were looked at, and throws them away.
    package func take(_ count: Int) async throws(NetworkError) {
        var left = count
        while left > 0 {
            let chunk = try await readChunk(maximum: left)
            guard !chunk.isEnd else { return }
            left -= chunk.count
            chunk.giveBack()
        }
    }
}
