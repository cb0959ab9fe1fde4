/// Puts a PROXY header together, however it was cut into reads, out of exactly its own bytes.
///
/// The first byte decides which version it is, and every further byte must be one that this version allows there: what is
/// no header is refused and never taken for payload. What is kept is what has come: a length that is claimed allocates
/// nothing.
public struct ProxyHeaderReader: Sendable {
    /// The longest header, unless another limit is given: proxies that send certificates along stay far below it.
    public static let usualLimit = 16 << 10

    private let limit: Int
    private var version: ProxyHeader.Version?
    private var buffer: [UInt8] = []
    /// How long a header of version 2 is, as far as that is known.
    private var wanted = ProxyHeader.fixedLength
    /// The header, once it is whole.
    public private(set) var header: ProxyHeader?

    /// `limit` is of a header of version 2; one of version 1 never has more than 107 bytes.
    public init(limit: Int = usualLimit) {
        self.limit = limit
    }

    /// How many bytes of it have come.
    public var count: Int { buffer.count }

    /// Takes those of the bytes that belong to the header, and returns how many that were.
    ///
    /// Fewer than all means that the header is whole, and that the rest is what it stands before.
    public mutating func push(_ bytes: Span<UInt8>) throws(MessageError) -> Int {
        var taken = 0
        while header == nil, taken < bytes.count {
            let rest = bytes.extracting(droppingFirst: taken)
            switch version {
            case nil: try begin(rest)
            case .one: taken += try pushText(rest)
            case .two: taken += try pushBlock(rest)
            }
        }
        return taken
    }

    /// What the end of the stream means: nil where nothing had come or the header is whole.
    public var fault: MessageError? {
        guard header == nil, !buffer.isEmpty else { return nil }
        let count = buffer.count
        return MessageError(.truncated, ProxyHeader.subject, "cut off after \(count) byte\(count == 1 ? "" : "s")")
    }

    private mutating func begin(_ bytes: Span<UInt8>) throws(MessageError) {
        switch bytes[0] {
        case ProxyHeader.textStart[0]: version = .one
        case ProxyHeader.signature[0]: version = .two
        default: throw noHeader(bytes)
        }
    }

    // MARK: - Version 1

    private mutating func pushText(_ bytes: Span<UInt8>) throws(MessageError) -> Int {
        var taken = 0
        while taken < bytes.count {
            let byte = bytes[taken]
            let place = buffer.count
            if place < ProxyHeader.textStart.count {
                guard byte == ProxyHeader.textStart[place] else {
                    throw noHeader(bytes.extracting(droppingFirst: taken))
                }
            } else if buffer.last == UInt8(ascii: "\r"), byte != UInt8(ascii: "\n") {
                throw malformed("a carriage return stands in it, with no newline behind it")
            } else if byte == UInt8(ascii: "\n"), buffer.last != UInt8(ascii: "\r") {
                throw malformed("its line ends with a newline alone, and a carriage return must stand before it")
            }
            buffer.append(byte)
            taken += 1
            if byte == UInt8(ascii: "\n") {
                header = try ProxyHeader(line: buffer.dropLast(2))
                break
            }
            guard buffer.count < ProxyHeader.longestText else {
                throw MessageError(
                    .tooLong, ProxyHeader.subject, "its line has no end within \(ProxyHeader.longestText) bytes")
            }
        }
        return taken
    }

    // MARK: - Version 2

    private mutating func pushBlock(_ bytes: Span<UInt8>) throws(MessageError) -> Int {
        let step = min(wanted - buffer.count, bytes.count)
        let known = min(ProxyHeader.signature.count, buffer.count + step)
        for place in buffer.count..<max(known, buffer.count)
        where bytes[place - buffer.count] != ProxyHeader.signature[place] {
            throw noHeader(bytes)
        }
        buffer.append(bytes.extracting(first: step))
        guard buffer.count == wanted else { return step }
        if wanted == ProxyHeader.fixedLength {
            wanted += Int(try ProxyHeader.blockLength(buffer.span))
            guard wanted <= limit else {
                throw MessageError(
                    .tooLong, ProxyHeader.subject, "it has \(wanted) bytes, beyond the limit of \(limit)")
            }
        }
        if buffer.count == wanted { header = try ProxyHeader(block: buffer.span) }
        return step
    }

    // MARK: - Faults

    private func malformed(_ text: String) -> MessageError { MessageError(.malformed, ProxyHeader.subject, text) }

    /// What came instead of the beginning of a header.
    private func noHeader(_ next: Span<UInt8>) -> MessageError {
        let shown = 12
        var first = Array(buffer.prefix(shown))
        first.append(next.extracting(first: min(next.count, shown - first.count)))
        let text = first.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
        return malformed(
            "the connection begins with \(text), and neither version 1 ('PROXY ') nor version 2 (0d 0a 0d 0a ..) does")
    }
}
