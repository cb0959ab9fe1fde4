/// How a stream of bytes is divided into messages: by what stands behind each, or by a length before it.
public enum Framing: Sendable, Hashable {
    /// A newline ends it; a CR before the newline belongs to the line end.
    case line
    /// These bytes end it, one at least.
    case delimiter([UInt8])
    case length(LengthField)

    /// A length before each message.
    public struct LengthField: Sendable, Hashable {
        /// In bytes: 1, 2, 4 or 8.
        public let width: Int
        public let isLittleEndian: Bool
        /// Whether the length counts its own bytes too.
        public let countsItself: Bool

        public init(width: Int, isLittleEndian: Bool = false, countsItself: Bool = false) {
            precondition([1, 2, 4, 8].contains(width), "a length has 1, 2, 4 or 8 bytes")
            self.width = width
            self.isLittleEndian = isLittleEndian
            self.countsItself = countsItself
        }

        /// The largest number that it can hold.
        var largest: UInt64 { UInt64.max >> UInt64(64 - 8 * width) }

        /// The number that stands at `start`.
        @inline(__always)
        func read(_ bytes: Span<UInt8>, at start: Int) -> UInt64 {
            var value: UInt64 = 0
            for index in 0..<width {
                let place = isLittleEndian ? width - 1 - index : index
                value = value << 8 | UInt64(bytes[start + place])
            }
            return value
        }

        /// Appends a number that it can hold.
        func append(_ value: UInt64, to bytes: inout [UInt8]) {
            for index in 0..<width {
                let place = isLittleEndian ? index : width - 1 - index
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place)))
            }
        }
    }

    /// What ends a message, where something does.
    var delimiter: [UInt8]? {
        switch self {
        case .line: [UInt8(ascii: "\n")]
        case .delimiter(let bytes): bytes
        case .length: nil
        }
    }
}
