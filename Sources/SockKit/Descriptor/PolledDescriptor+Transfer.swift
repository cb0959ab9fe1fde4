/// Bytes through a descriptor.
extension PolledDescriptor {
    /// What the calls of a descriptor are: sockets have their own, and only a stream's short read means "no more".
    package enum Family: Sendable {
        case streamSocket, messageSocket, file
    }

    /// One read: what is there, at most the buffer; 0 is the end.
    package func read(
        into buffer: inout MutableSpan<UInt8>, _ family: Family
    ) async throws(DescriptorFailure) -> Int {
        let room = buffer.count
        let count = try await perform(.read) { number throws(Errno) in
            try unsafe buffer.withUnsafeMutableBytes { bytes throws(Errno) in
                try unsafe Self.read(number, into: bytes, family)
            }
        }
        if family == .streamSocket, count > 0, count < room { noteDrained() }
        return count
    }

    /// One read into memory that is lent once there is something to read.
    package func readChunk(maximum: Int, _ family: Family) async throws(DescriptorFailure) -> Chunk {
        let room = min(maximum, BufferPool.bufferSize)
        return try await performLending(.read) { number, buffer throws(Errno) in
            var span = buffer.mutableSpan
            let outcome = try unsafe span.withUnsafeMutableBytes { bytes throws(Errno) in
                try unsafe Self.read(number, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]), family)
            }
            if case .done(let count) = outcome, family == .streamSocket, count > 0, count < room { noteDrained() }
            return outcome
        }
    }

    /// Writes all the bytes under one turn; `progress` counts those that went.
    package func write(
        _ bytes: Span<UInt8>, _ family: Family, progress: inout Int
    ) async throws(DescriptorFailure) {
        try await performAll(.write, count: bytes.count, progress: &progress) { number, gone throws(Errno) in
            try unsafe bytes.withUnsafeBytes { all throws(Errno) in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[gone...])
                return family == .file
                    ? try unsafe TransferCalls.write(number, rest) : try unsafe TransferCalls.send(number, rest)
            }
        }
    }

    private static func read(
        _ number: Int32, into bytes: UnsafeMutableRawBufferPointer, _ family: Family
    ) throws(Errno) -> Attempt<Int> {
        family == .file
            ? try unsafe TransferCalls.read(number, into: bytes)
            : try unsafe TransferCalls.receive(number, into: bytes)
    }

    private func performLending(
        _ side: PollSide, _ attempt: (Int32, inout [UInt8]) throws(Errno) -> Attempt<Int>
    ) async throws(DescriptorFailure) -> Chunk {
        var lent: [UInt8]?
        let count = try await perform(side) { number throws(Errno) in
            var buffer = BufferPool.shared.take()
            let outcome: Attempt<Int>
            do throws(Errno) {
                outcome = try attempt(number, &buffer)
            } catch {
                BufferPool.shared.giveBack(buffer)
                throw error
            }
            if case .done = outcome { lent = buffer } else { BufferPool.shared.giveBack(buffer) }
            return outcome
        }
        return Chunk(lent ?? [], count: count)
    }
}
