/// Cuts a stream into messages of one size and looks whether each is of one letter throughout.
struct MessageCounter {
    private let size: Int
    private var position = 0
    /// The message's pieces so far; the last one grows. Only what is needed to tell a torn message is kept.
    private var pieces: [BytePiece] = []
    private(set) var messages = 0
    private(set) var torn = 0

    /// More pieces than these are not told.
    private static let mostPieces = 8

    init(size: Int) { self.size = size }

    /// Bytes of a message that has not come to its end.
    var unfinished: Int { position }

    /// Takes the next bytes of the stream; `onTorn` is told of each torn message with its number, from 1.
    mutating func take(_ bytes: Span<UInt8>, onTorn: (Int, [BytePiece]) -> Void) {
        var start = 0
        while start < bytes.count {
            let length = min(size - position, bytes.count - start)
            add(bytes.extracting(start..<(start + length)))
            start += length
            if position == size { finish(onTorn) }
        }
    }

    private mutating func add(_ bytes: Span<UInt8>) {
        position += bytes.count
        var start = 0
        while start < bytes.count {
            let byte = bytes[start]
            let length = Self.run(of: byte, in: bytes, from: start)
            if let last = pieces.indices.last, pieces[last].byte == byte {
                pieces[last].count += length
            } else if pieces.count <= Self.mostPieces {
                pieces.append(BytePiece(byte: byte, count: length))
            }
            start += length
        }
    }

    private static func run(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int {
        var end = start + 1
        while end < bytes.count, bytes[end] == byte { end += 1 }
        return end - start
    }

    private mutating func finish(_ onTorn: (Int, [BytePiece]) -> Void) {
        messages += 1
        if pieces.count > 1 {
            torn += 1
            onTorn(messages, Array(pieces.prefix(Self.mostPieces)))
        }
        position = 0
        pieces.removeAll(keepingCapacity: true)
    }
}
