import Testing

@testable import sockctl

@Suite struct MessageCounterTests {
    /// The messages, and what the torn ones were made of, of a text that comes in pieces of this size.
    private func count(_ text: String, size: Int, piece: Int = .max) -> (counter: MessageCounter, torn: [String]) {
        var counter = MessageCounter(size: size)
        var torn: [String] = []
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let part = Array(bytes[start..<min(bytes.count, start + min(piece, bytes.count))])
            counter.take(part.span) { index, pieces in
                torn.append("\(index): \(pieces.map(\.text).joined(separator: " "))")
            }
            start += part.count
        }
        return (counter, torn)
    }

    @Test(arguments: [1, 2, 3, 5, 7, .max])
    func `whole messages are not torn, however they come`(piece: Int) {
        let (counter, torn) = count("aaaabbbbaaaaccccdd", size: 4, piece: piece)
        #expect(counter.messages == 4 && counter.torn == 0 && counter.unfinished == 2)
        #expect(torn.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 5, 7, .max])
    func `a message of two letters is torn, and its pieces are told`(piece: Int) {
        let (counter, torn) = count("aabbbbaaccccabab", size: 4, piece: piece)
        #expect(counter.messages == 4 && counter.torn == 3 && counter.unfinished == 0)
        #expect(torn == ["1: a×2 b×2", "2: b×2 a×2", "4: a×1 b×1 a×1 b×1"])
    }

    @Test func `a message in a thousand pieces tells the first of them`() {
        let (counter, torn) = count(String(repeating: "ab", count: 500), size: 1000)
        #expect(counter.torn == 1)
        #expect(torn == ["1: a×1 b×1 a×1 b×1 a×1 b×1 a×1 b×1"])
    }

    @Test func `one byte cannot be torn`() {
        #expect(count("abc", size: 1).counter.messages == 3)
        #expect(count("abc", size: 1).counter.torn == 0)
    }

    @Test func `a byte that does not print has its number`() {
        #expect(count("\0\n", size: 2).torn == ["1: \\x00×1 \\x0a×1"])
    }
}
