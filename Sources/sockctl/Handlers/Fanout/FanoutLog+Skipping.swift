import SockKit

/// Readers that are too far behind.
extension FanoutLog {
    /// A newline that is further away ends no line: the bytes are not text.
    private static let longestLine = 64 << 10

    /// Has a reader skip its oldest whole lines, so that no more than `most` bytes are left waiting; says how many it will
    /// never have. A line that has begun is finished. Of what is not text, and of messages, whole parts are skipped.
    mutating func skip(_ cursor: inout Cursor, toLeave most: Int) -> Int {
        seal()
        finishLine(&cursor)
        let target = open.start - most
        guard position(cursor.place) < target else { return 0 }
        let end = (keepsMessages ? nil : endOfLine(from: target - 1)) ?? endOfPart(from: target - 1)
        return pass(&cursor, to: end) { _ in }
    }

    /// Copies what waits for a reader, so that nothing of the log is kept for it.
    mutating func takeOut(_ cursor: inout Cursor) {
        seal()
        var rest = Array(cursor.prefix)
        pass(&cursor, to: open.start) { rest.append($0) }
        cursor.prefix = rest[...]
    }

    /// What is left of a line whose beginning the reader has goes before all else.
    private func finishLine(_ cursor: inout Cursor) {
        guard !keepsMessages, cursor.prefix.isEmpty, cursor.place.block < sealedEnd else { return }
        let (block, offset) = (blocks[cursor.place.block - first], cursor.place.offset)
        guard !block.isLineStart(offset) else { return }
        let position = self.position(cursor.place)
        let beginsPart = offset == 0 || block.part(at: offset) != block.part(at: offset - 1)
        guard let end = endOfLine(from: position) ?? (beginsPart ? nil : endOfPart(from: position)) else { return }
        var rest: [UInt8] = []
        pass(&cursor, to: end) { rest.append($0) }
        cursor.prefix = rest[...]
    }

    /// Where the line ends that the byte at a position belongs to; nil where that is too far away.
    private func endOfLine(from position: Int) -> Int? {
        var index = blocks.lastIndex { $0.start <= position } ?? 0
        while index < blocks.count, blocks[index].start <= position + Self.longestLine {
            let block = blocks[index]
            let start = max(0, position - block.start)
            if start < block.bytes.count,
                let newline = ByteSearch.first([UInt8(ascii: "\n")], in: block.bytes.span, from: start)
            {
                let end = block.start + newline + 1
                return end - position <= Self.longestLine ? end : nil
            }
            index += 1
        }
        return nil
    }

    private func endOfPart(from position: Int) -> Int {
        let block = blocks.last { $0.start <= position } ?? open
        return block.start + block.parts[block.part(at: position - block.start)].end
    }

    /// Moves a reader on to a position, shows `body` what it passes that is not its own, and says how much that was.
    @discardableResult
    private func pass(_ cursor: inout Cursor, to end: Int, _ body: (Span<UInt8>) -> Void) -> Int {
        var passed = 0
        while cursor.place.block < sealedEnd, position(cursor.place) < end {
            let block = blocks[cursor.place.block - first]
            for part in block.parts[block.part(at: cursor.place.offset)...] {
                let offset = cursor.place.offset
                guard block.start + offset < end else { break }
                let stop = min(part.end, end - block.start)
                if part.author == cursor.author {
                    cursor.own -= stop - offset
                } else {
                    body(block.bytes.span.extracting(offset..<stop))
                    passed += stop - offset
                }
                cursor.place.offset = stop
            }
            leaveIfDone(block, &cursor)
        }
        return passed
    }
}
