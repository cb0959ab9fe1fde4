import SockKit

/// What many readers get, each at its own pace, kept once: from the place of the slowest who waits to the last byte.
///
/// It grows by parts, each of one author, who does not get it; parts are gathered in a block until that is sealed, and
/// only sealed blocks are given out.
struct FanoutLog {
    /// A place between two bytes.
    struct Place: Equatable, Sendable {
        /// Counted from the log's first block.
        var block = 0
        var offset = 0
    }

    /// Where a reader is.
    struct Cursor: Sendable {
        let author: Int
        var place: Place
        /// How many of the bytes behind its place are its own.
        var own = 0
        /// The last block that has bytes of its own.
        var lastOwn = -1
        /// Bytes for this reader alone, before any others: a greeting, or the rest of a line whose successors are skipped.
        var prefix: ArraySlice<UInt8> = []

        /// Whether the reader has all that comes before a block, and gets all that is in it.
        func isReady(for block: Int) -> Bool {
            place.block == block && place.offset == 0 && lastOwn < block && prefix.isEmpty
        }
    }

    /// Bytes to be written, in memory that the log shares.
    struct Piece {
        let bytes: [UInt8]
        let range: Range<Int>
    }

    struct Part {
        let author: Int
        let end: Int
    }

    struct Block {
        var bytes: [UInt8] = []
        var parts: [Part] = []
        /// How many bytes of the log stand before it.
        let start: Int
        /// Whether the byte before it ends a line.
        var startsLine = true

        /// Which part the byte at an offset belongs to.
        func part(at offset: Int) -> Int {
            var (low, high) = (0, parts.count)
            while low < high {
                let middle = (low + high) / 2
                if parts[middle].end > offset { high = middle } else { low = middle + 1 }
            }
            return low
        }

        /// Whether the byte before an offset ends a line.
        func isLineStart(_ offset: Int) -> Bool {
            offset == 0 ? startsLine : bytes[offset - 1] == UInt8(ascii: "\n")
        }
    }

    /// Whether each part stays a message by itself.
    let keepsMessages: Bool
    private(set) var blocks: [Block] = []
    /// The number of the first of them.
    private(set) var first = 0
    private(set) var open = Block(start: 0)
    private var scratch: [UInt8] = []

    init(keepsMessages: Bool = false) {
        self.keepsMessages = keepsMessages
    }

    /// How many bytes are in the block that is not sealed yet.
    var unsealed: Int { open.bytes.count }
    /// How many bytes it holds.
    var count: Int { open.start + open.bytes.count - (blocks.first ?? open).start }
    var sealedEnd: Int { first + blocks.count }

    // MARK: - Writing

    /// Adds what `build` appends, by an author; `cursor` is the author's own.
    mutating func append(_ author: Int, _ cursor: inout Cursor?, _ build: (inout [UInt8]) -> Void) {
        let before = open.bytes.count
        build(&open.bytes)
        let end = open.bytes.count
        guard end > before else { return }
        cursor?.own += end - before
        cursor?.lastOwn = sealedEnd
        if !keepsMessages, open.parts.last?.author == author { open.parts.removeLast() }
        open.parts.append(Part(author: author, end: end))
    }

    /// Has the bytes that were added given out.
    mutating func seal() {
        guard !open.bytes.isEmpty else { return }
        var next = Block(start: open.start + open.bytes.count)
        next.startsLine = open.bytes.last == UInt8(ascii: "\n")
        blocks.append(open)
        open = next
    }

    /// Forgets what stands before a place.
    mutating func forget(before place: Place) {
        let gone = min(place.block, sealedEnd) - first
        guard gone > 0 else { return }
        blocks.removeFirst(gone)
        first += gone
    }

    // MARK: - Reading

    /// The place behind all that is sealed.
    var end: Place { Place(block: sealedEnd) }

    /// A reader that gets what is not sealed yet, and what comes from now on.
    func cursor(_ author: Int, prefix: [UInt8] = []) -> Cursor {
        Cursor(author: author, place: end, prefix: prefix[...])
    }

    /// The block that was sealed last, where it may be given out in one piece.
    var newest: (number: Int, bytes: [UInt8])? {
        guard !keepsMessages, let last = blocks.last else { return nil }
        return (sealedEnd - 1, last.bytes)
    }

    func position(_ place: Place) -> Int {
        (place.block < sealedEnd ? blocks[place.block - first] : open).start + place.offset
    }

    /// How many bytes wait for a reader.
    func waiting(_ cursor: Cursor) -> Int {
        open.start + open.bytes.count - position(cursor.place) - cursor.own + cursor.prefix.count
    }

    /// How many bytes are kept for a reader, with its own, which it will not get.
    func held(_ cursor: Cursor) -> Int { open.start + open.bytes.count - position(cursor.place) }

    /// What is next for a reader, as one write may take it: about as much as `most`; nil if there is nothing.
    mutating func next(_ cursor: inout Cursor, most: Int = 64 << 10) -> Piece? {
        if !cursor.prefix.isEmpty {
            return Piece(bytes: Array(cursor.prefix), range: 0..<cursor.prefix.count)
        }
        let place = cursor.place
        guard place.block < sealedEnd else { return nil }
        if !keepsMessages, place.block == sealedEnd - 1, place.block > cursor.lastOwn {
            let bytes = blocks[place.block - first].bytes
            return Piece(bytes: bytes, range: place.offset..<bytes.count)
        }
        gather(cursor, most)
        if scratch.isEmpty {
            // What is left, if anything is, is its own.
            cursor.own -= open.start - position(place)
            cursor.place = end
            return nil
        }
        return Piece(bytes: scratch, range: 0..<scratch.count)
    }

    private mutating func gather(_ cursor: Cursor, _ most: Int) {
        scratch.removeAll(keepingCapacity: true)
        var (number, offset) = (cursor.place.block, cursor.place.offset)
        while number < sealedEnd {
            let block = blocks[number - first]
            for part in block.parts[block.part(at: offset)...] {
                if part.author != cursor.author {
                    let end = keepsMessages ? part.end : min(part.end, offset + most - scratch.count)
                    scratch.append(block.bytes.span.extracting(offset..<end))
                    if keepsMessages || scratch.count >= most { return }
                }
                offset = part.end
            }
            (number, offset) = (number + 1, 0)
        }
    }

    /// Notes that a reader has taken so many of the bytes that it was given.
    mutating func advance(_ cursor: inout Cursor, by count: Int) {
        if !cursor.prefix.isEmpty {
            cursor.prefix.removeFirst(count)
            return
        }
        var left = count
        while left > 0 {
            let block = blocks[cursor.place.block - first]
            let offset = cursor.place.offset
            if cursor.place.block > cursor.lastOwn {
                let taken = min(left, block.bytes.count - offset)
                cursor.place.offset += taken
                left -= taken
            } else {
                let part = block.parts[block.part(at: offset)]
                let isOwn = part.author == cursor.author
                let taken = isOwn ? part.end - offset : min(left, part.end - offset)
                if isOwn { cursor.own -= taken } else { left -= taken }
                cursor.place.offset += taken
            }
            leaveIfDone(block, &cursor)
        }
    }

    /// Has a reader that has all of a block go on with the next.
    func leaveIfDone(_ block: Block, _ cursor: inout Cursor) {
        if cursor.place.offset == block.bytes.count { cursor.place = Place(block: cursor.place.block + 1) }
    }
}
