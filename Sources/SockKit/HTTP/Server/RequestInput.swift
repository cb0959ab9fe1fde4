/// What was read of a connection and not yet looked at.
///
/// The memory of a read is given back as soon as all of it was taken, so that a request that is worked at holds none.
@Netpoller
struct RequestInput {
    private(set) var buffer: [UInt8] = []
    /// Where they end.
    private(set) var count = 0
    /// What comes next is here.
    var position = 0

    var isEmpty: Bool { position == count }

    mutating func take(_ chunk: consuming Chunk) {
        precondition(isEmpty)
        release()
        position = chunk.range.lowerBound
        count = chunk.range.upperBound
        buffer = chunk.buffer
    }

    /// Returns the memory, of which nothing is left to be read.
    mutating func release() {
        if !buffer.isEmpty { BufferPool.shared.giveBack(takeBuffer()) }
        count = 0
        position = 0
    }

    /// A piece of what was read as a chunk of its own: in place if nothing is left to be taken, else copied.
    mutating func piece(_ range: Range<Int>) -> Chunk {
        guard isEmpty else { return Chunk(Array(buffer[range]), count: range.count) }
        count = 0
        position = 0
        return Chunk(takeBuffer(), range)
    }

    /// Moves a piece up to the one before it, over what stood between them; returns where both are now.
    mutating func join(_ first: Range<Int>, _ next: Range<Int>) -> Range<Int> {
        if first.upperBound < next.lowerBound { Self.move(next, to: first.upperBound, in: &buffer) }
        return first.lowerBound..<first.upperBound + next.count
    }

    private nonisolated static func move(_ range: Range<Int>, to place: Int, in buffer: inout [UInt8]) {
        var bytes = buffer.mutableSpan
        unsafe bytes.withUnsafeMutableBytes { all in
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: all[place..<place + range.count])
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[range]))
        }
    }

    private mutating func takeBuffer() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &buffer)
        return taken
    }
}
