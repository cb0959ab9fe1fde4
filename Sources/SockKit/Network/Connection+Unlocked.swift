/// Writing without the write turn, to show what the turn is for.
extension Connection {
    /// Writes all the bytes as write(2) on a blocking socket does that several threads share: another writer's bytes
    /// may come in between wherever the kernel takes no more.
    ///
    /// The turn is held for one send at a time, as write(2) holds the socket's lock until it has to wait for room.
    public func writeUnlocked(_ bytes: Span<UInt8>) async throws(NetworkError) {
        var gone = 0
        do throws(DescriptorFailure) {
            while gone < bytes.count {
                gone += try await descriptor.perform(.write) { number throws(Errno) in
                    try unsafe bytes.withUnsafeBytes { all throws(Errno) in
                        try unsafe TransferCalls.send(number, UnsafeRawBufferPointer(rebasing: all[gone...]))
                    }
                }
            }
        } catch {
            throw failure(.write, error).after(gone)
        }
    }
}
