/// Bytes that one read gave, in memory lent from a pool. `giveBack` returns it; a chunk that just goes away frees it.
public struct Chunk: ~Copyable {
    let buffer: [UInt8]
    public let count: Int
    /// Of a message that was longer than what was read of it: how long it was.
    public let length: Int
    /// The other side has ended: nothing more comes.
    public let isEnd: Bool

    /// What a read of a stream gave; nothing is the end.
    init(_ buffer: consuming [UInt8], count: Int) {
        self.buffer = buffer
        self.count = count
        length = count
        isEnd = count == 0
    }

    /// A message, of which `count` bytes were read; one of no bytes is not the end.
    init(message: consuming [UInt8], count: Int, length: Int, isEnd: Bool) {
        buffer = message
        self.count = count
        self.length = length
        self.isEnd = isEnd
    }

    /// No bytes: the end, or a message without any.
    public var isEmpty: Bool { count == 0 }

    /// Lends the bytes.
    public borrowing func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(buffer.span.extracting(first: count))
    }

    /// A copy of the bytes.
    public borrowing func copy() -> [UInt8] {
        Array(buffer.prefix(count))
    }

    /// Returns the memory to the pool.
    @Netpoller
    public consuming func giveBack() {
        if !buffer.isEmpty { BufferPool.shared.giveBack(buffer) }
    }
}
