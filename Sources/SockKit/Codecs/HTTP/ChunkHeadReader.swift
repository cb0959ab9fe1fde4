/// Reads the line before a chunk: its size in hexadecimal, perhaps extensions, CRLF (RFC 9112 section 7.1).
///
/// The grammar is kept to the letter, a byte at a time: these lines are short, and every byte of tolerance in them has
/// been used to smuggle a request past somebody.
struct ChunkHeadReader: Sendable {
    private enum State {
        case size
        /// Spaces that are allowed before a semicolon only.
        case spaceAfterSize, spaceAfterValue
        case beforeName, name, spaceAfterName
        case beforeValue, value
        case quoted, escaped, endOfQuoted
        case lineFeed
    }

    private var state = State.size
    private var digits = 0
    private var value: UInt64 = 0
    /// How many bytes were in extensions, of all chunks together.
    private(set) var extensionBytes = 0

    /// Takes a byte; the size when it was the last.
    mutating func take(_ byte: UInt8) throws(HTTPRefusal.Fault) -> Int? {
        switch state {
        case .size: try takeSize(byte)
        case .lineFeed:
            guard byte == UInt8(ascii: "\n") else { throw .bareCarriageReturn }
            return try finish()
        case .quoted, .escaped:
            extensionBytes += 1
            guard byte >= 0x20 && byte != 0x7f || byte == 0x09 else { throw HTTPRefusal.Fault(lineByte: byte) }
            if state == .escaped {
                state = .quoted
            } else if byte == UInt8(ascii: "\"") {
                state = .endOfQuoted
            } else if byte == UInt8(ascii: "\\") {
                state = .escaped
            }
        default:
            extensionBytes += 1
            guard let next = Self.next(state, byte) else {
                let isControl = byte < 0x20 && byte != 0x09 || byte == 0x7f
                if isControl, byte != UInt8(ascii: "\r") { throw HTTPRefusal.Fault(lineByte: byte) }
                throw state == .spaceAfterSize ? .badChunkSize : .badChunkExtension
            }
            state = next
        }
        return nil
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPRefusal.Fault) {
        if let digit = UInt64(hexadecimal: byte) {
            // Zeros in front count too: they could go on for ever.
            guard digits < 16 else { throw .chunkSizeOverflow }
            digits += 1
            value = value << 4 | digit
            return
        }
        guard digits > 0 else { throw byte == UInt8(ascii: "\n") ? .bareLineFeed : .badChunkSize }
        switch byte {
        case UInt8(ascii: "\r"): state = .lineFeed
        case UInt8(ascii: ";"): state = .beforeName
        case UInt8(ascii: " "), UInt8(ascii: "\t"): state = .spaceAfterSize
        case UInt8(ascii: "\n"): throw .bareLineFeed
        default: throw .badChunkSize
        }
    }

    private mutating func finish() throws(HTTPRefusal.Fault) -> Int {
        guard let size = Int(exactly: value) else { throw .chunkSizeOverflow }
        state = .size
        digits = 0
        value = 0
        return size
    }

    /// The grammar of extensions: `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`.
    private static func next(_ state: State, _ byte: UInt8) -> State? {
        let isSpace = byte.isOptionalWhitespace
        let isToken = ByteClass.token.contains(byte)
        let isLineEnd = byte == UInt8(ascii: "\r")
        let isSemicolon = byte == UInt8(ascii: ";")
        switch state {
        case .spaceAfterSize, .spaceAfterValue:
            return isSpace ? state : isSemicolon ? .beforeName : nil
        case .beforeName:
            return isSpace ? .beforeName : isToken ? .name : nil
        case .name, .spaceAfterName:
            if byte == UInt8(ascii: "=") { return .beforeValue }
            if isSemicolon { return .beforeName }
            if isSpace { return .spaceAfterName }
            guard state == .name else { return nil }
            return isToken ? .name : isLineEnd ? .lineFeed : nil
        case .beforeValue:
            return isSpace ? .beforeValue : isToken ? .value : byte == UInt8(ascii: "\"") ? .quoted : nil
        case .value, .endOfQuoted:
            if state == .value, isToken { return .value }
            return isSpace ? .spaceAfterValue : isSemicolon ? .beforeName : isLineEnd ? .lineFeed : nil
        case .size, .quoted, .escaped, .lineFeed:
            return nil
        }
    }
}
