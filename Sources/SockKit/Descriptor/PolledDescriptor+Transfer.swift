/// Bytes through a descriptor.
extension PolledDescriptor {
    /// What the calls of a descriptor are: sockets have their own, and only a TCP stream's short read means "no more".
    package enum Family: Sendable {
        case streamSocket, messageSocket, file
    }

    /// One read: what is there, at most the buffer; 0 is the end.
    @inline(__always)
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

    /// As Go's, one read takes no more than a gibibyte, however large its buffer.
    private static let mostAtOnce = 1 << 30

    /// One read into memory that is lent once there is something to read.
    @inline(__always)
    package func readChunk(maximum: Int, _ family: Family) async throws(DescriptorFailure) -> Chunk {
        let room = min(maximum, Self.mostAtOnce)
        var lent: [UInt8]?
        let count = try await perform(.read) { number throws(Errno) in
            try Self.readLending(number, room, family, &lent)
        }
        if family == .streamSocket, count > 0, count < room { noteDrained() }
        return Chunk(lent ?? [], count: count)
    }

    /// As `readChunk`, where that need not wait.
    package func readNow(_ family: Family) throws(DescriptorFailure) -> Chunk? {
        let room = BufferPool.bufferSize
        var lent: [UInt8]?
        let read = try performNow(.read) { number throws(Errno) in try Self.readLending(number, room, family, &lent) }
        guard let count = read else { return nil }
        if family == .streamSocket, count > 0, count < room { noteDrained() }
        return Chunk(lent ?? [], count: count)
    }

    private static func readLending(
        _ number: Int32, _ room: Int, _ family: Family, _ lent: inout [UInt8]?
    ) throws(Errno) -> Attempt<Int> {
        try unsafe lend(room, &lent) { bytes throws(Errno) in try unsafe read(number, into: bytes, family) }
    }

    /// One attempt into a buffer of the pool; `lent` keeps it if bytes came, and not for an end.
    ///
    /// Never inlined: what it holds for a moment would be part of its caller's frame for as long as that one waits.
    @inline(never)
    private static func lend(
        _ room: Int, _ lent: inout [UInt8]?,
        _ attempt: (UnsafeMutableRawBufferPointer) throws(Errno) -> Attempt<Int>
    ) throws(Errno) -> Attempt<Int> {
        var buffer = room > BufferPool.bufferSize ? [UInt8](repeating: 0, count: room) : BufferPool.shared.take()
        defer { if lent == nil { BufferPool.shared.giveBack(buffer) } }
        let outcome = try unsafe fill(&buffer, room, attempt)
        if case .done(let count) = outcome, count > 0 { lent = buffer }
        return outcome
    }

    // The closures of these are handed to the standard library. Were they isolated, each call of one would look up which
    // executor it is on, which costs more than all the rest of a small read.

    private nonisolated static func fill(
        _ buffer: inout [UInt8], _ room: Int,
        _ attempt: (UnsafeMutableRawBufferPointer) throws(Errno) -> Attempt<Int>
    ) throws(Errno) -> Attempt<Int> {
        var span = buffer.mutableSpan
        return try unsafe span.withUnsafeMutableBytes { bytes throws(Errno) in
            try unsafe attempt(UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]))
        }
    }

    private nonisolated static func send(
        _ number: Int32, _ bytes: Span<UInt8>, from gone: Int = 0, _ family: Family = .streamSocket
    ) throws(Errno) -> Attempt<Int> {
        try unsafe bytes.withUnsafeBytes { all throws(Errno) in
            let rest = unsafe UnsafeRawBufferPointer(rebasing: all[gone...])
            return family == .file
                ? try unsafe TransferCalls.write(number, rest) : try unsafe TransferCalls.send(number, rest)
        }
    }

    /// One message into memory that is lent once there is one to read; what does not fit is gone.
    package func readMessage(maximum: Int) async throws(DescriptorFailure) -> Chunk {
        var lent: [UInt8]?
        let length = try await perform(.read) { number throws(Errno) in
            try unsafe Self.lend(maximum, &lent) { bytes throws(Errno) in
                switch try unsafe TransferCalls.receiveFrom(number, into: bytes) {
                case .done(let received): .done(received.length)
                case .wouldBlock: .wouldBlock
                }
            }
        }
        return Chunk(message: lent ?? [], count: min(length, maximum), length: length, isEnd: false)
    }

    /// Writes all the bytes under one turn; `progress` counts those that went.
    @inline(__always)
    package func write(
        _ bytes: Span<UInt8>, _ family: Family, progress: inout Int
    ) async throws(DescriptorFailure) {
        try await performAll(.write, count: bytes.count, progress: &progress) { number, gone throws(Errno) in
            try Self.send(number, bytes, from: gone, family)
        }
    }

    /// One attempt to send to a socket; 0 where it would block.
    package func writeNow(_ bytes: Span<UInt8>) throws(DescriptorFailure) -> Int {
        let gone = try performNow(.write) { number throws(Errno) in
            try Self.send(number, bytes)
        }
        return gone ?? 0
    }

    private nonisolated static func read(
        _ number: Int32, into bytes: UnsafeMutableRawBufferPointer, _ family: Family
    ) throws(Errno) -> Attempt<Int> {
        family == .file
            ? try unsafe TransferCalls.read(number, into: bytes)
            : try unsafe TransferCalls.receive(number, into: bytes)
    }
}
