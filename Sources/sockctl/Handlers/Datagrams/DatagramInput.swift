import SockKit

/// Standard input as datagrams: its lines, pieces of one size, or all of it.
@Netpoller
struct DatagramInput {
    enum Cut {
        case lines(chomps: Bool)
        case pieces(Int)
        case whole
    }

    private let source: ByteSource
    private let cut: Cut
    private var rest: [UInt8] = []
    private var hasEnded = false

    /// No datagram is as long as that: a line that is, is no line.
    private static let longest = 1 << 20

    init(_ source: ByteSource, cut: Cut) {
        self.source = source
        self.cut = cut
    }

    /// The datagrams that are complete once more input has come; nil at its end.
    mutating func next() async throws(NetworkError) -> [[UInt8]]? {
        while !hasEnded {
            let chunk = try await source.readChunk()
            hasEnded = chunk.isEmpty
            chunk.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe rest.append(contentsOf: $0) } }
            chunk.giveBack()
            let complete = take()
            if rest.count > Self.longest {
                throw NetworkError(
                    .read, network: nil,
                    cause: .limit("standard input: no datagram is as long as \(rest.count) bytes"))
            }
            if !complete.isEmpty { return complete }
        }
        return nil
    }

    private mutating func take() -> [[UInt8]] {
        switch cut {
        case .lines(let chomps): lines(chomps)
        case .pieces(let size): pieces(size)
        case .whole: hasEnded ? [rest] : []
        }
    }

    private mutating func lines(_ chomps: Bool) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var start = 0
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            found.append(Array(rest[start..<(chomps ? end : end + 1)]))
            start = end + 1
        }
        rest.removeFirst(start)
        return found + last()
    }

    private mutating func pieces(_ size: Int) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var start = 0
        while rest.count - start >= size {
            found.append(Array(rest[start..<start + size]))
            start += size
        }
        rest.removeFirst(start)
        return found + last()
    }

    /// What is left when the input ends.
    private mutating func last() -> [[UInt8]] {
        guard hasEnded, !rest.isEmpty else { return [] }
        defer { rest = [] }
        return [rest]
    }
}
