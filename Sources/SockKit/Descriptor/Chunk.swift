/// Bytes that one read gave, in memory lent from a pool. `giveBack` returns it; a chunk that just goes away frees it.
public struct Chunk: ~Copyable {
    let buffer: [UInt8]
    /// Where in the buffer the bytes begin: not at its start where something else came before them.
    private let start: Int
    public let count: Int
    /// Of a message that was longer than what was read of it: how long it was.
    public let length: Int
    /// The other side has ended: nothing more comes.
    public let isEnd: Bool

    /// What a read of a stream gave; nothing is the end.
    init(_ buffer: consuming [UInt8], count: Int) {
        self.init(buffer, 0..<count)
    }

    /// The part of what a read of a stream gave that is meant; nothing is the end.
    init(_ buffer: consuming [UInt8], _ range: Range<Int>) {
        self.buffer = buffer
        start = range.lowerBound
        count = range.count
        length = count
        isEnd = range.isEmpty
    }

    /// What is left of it without its first bytes.
    public consuming func dropFirst(_ gone: Int) -> Chunk {
        let rest = start + gone..<start + count
        return Chunk(buffer, rest)
    }

    /// A message, of which `count` bytes were read; one of no bytes is not the end.
    init(message: consuming [UInt8], count: Int, length: Int, isEnd: Bool) {
        buffer = message
        start = 0
        self.count = count
        self.length = length
        self.isEnd = isEnd
    }

    /// The part of a message that begins at `first`, at most so many bytes of it.
    consuming func payload(from first: Int, maximum: Int) -> Chunk {
        let taken = min(count - first, maximum)
        let whole = length - first
        return Chunk(message: buffer, first..<first + taken, length: whole)
    }

    private init(message: consuming [UInt8], _ range: Range<Int>, length: Int) {
        buffer = message
        start = range.lowerBound
        count = range.count
        self.length = length
        isEnd = false
    }

    /// Where in the buffer the bytes are.
    var range: Range<Int> { start..<start + count }

    /// No bytes: the end, or a message without any.
    public var isEmpty: Bool { count == 0 }

    /// Lends the bytes.
    public borrowing func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(buffer.span.extracting(range))
    }

    /// The memory and where in it the bytes are: they are whose, who asks.
    consuming func parts() -> (buffer: [UInt8], range: Range<Int>) {
        (buffer, start..<start + count)
    }

    /// A copy of the bytes.
    public borrowing func copy() -> [UInt8] {
        Array(buffer[range])
    }

    /// Returns the memory to the pool.
    @Netpoller
    public consuming func giveBack() {
        if !buffer.isEmpty { BufferPool.shared.giveBack(buffer) }
    }
}
