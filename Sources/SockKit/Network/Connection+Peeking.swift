/// Looking at what is to be read.
extension Connection {
    /// Waits until bytes are there and copies what there is, at most so many, without taking it; none is the end.
    ///
    /// Whoever looks again before something was taken sees the same, at once.
    public func peek(upTo maximum: Int) async throws(NetworkError) -> [UInt8] {
        if let layer { return try await peek(upTo: maximum, through: layer) }
        var buffer = [UInt8](repeating: 0, count: maximum)
        do throws(DescriptorFailure) {
            let count = try await descriptor.perform(.read) { number throws(Errno) in
                var room = buffer.mutableSpan
                return try unsafe room.withUnsafeMutableBytes { bytes throws(Errno) in
                    try unsafe TransferCalls.receive(number, into: bytes, peeking: true)
                }
            }
            buffer.removeLast(maximum - count)
            return buffer
        } catch {
            throw failure(.read, error)
        }
    }
}
