/// Puts messages into frames.
public struct FrameEncoder: Sendable {
    private let framing: Framing
    private let maximum: Int
    private let ending: [UInt8]
    private let sendsCRLF: Bool
    private let endsInNewline: Bool

    /// `maximum` is of the payload; `sendsCRLF` ends lines in CR LF.
    public init(_ framing: Framing, maximum: Int, sendsCRLF: Bool = false) {
        self.framing = framing
        self.maximum = maximum
        self.sendsCRLF = sendsCRLF && framing == .line
        ending = framing.delimiter ?? []
        endsInNewline = ending == [UInt8(ascii: "\n")]
    }

    /// Appends the frame of a message to `bytes`, or says why there is none and leaves `bytes` as they were. In a payload
    /// that `isLine` no newline is looked for.
    public func append(
        _ payload: Span<UInt8>, isLine: Bool = false, to bytes: inout [UInt8]
    ) throws(FramingError) {
        guard payload.count <= maximum else { throw failure(.tooLong(limit: maximum)) }
        guard case .length(let field) = framing else { return try appendEnded(payload, isLine, to: &bytes) }
        let length = UInt64(payload.count) + UInt64(field.countsItself ? field.width : 0)
        guard length <= field.largest else {
            let room = field.width == 1 ? "1 byte holds" : "\(field.width) bytes hold"
            throw failure(.invalid("needs a length of \(length), and \(room) at most \(field.largest)"))
        }
        field.append(length, to: &bytes)
        bytes.append(payload)
    }

    private func appendEnded(
        _ payload: Span<UInt8>, _ isLine: Bool, to bytes: inout [UInt8]
    ) throws(FramingError) {
        let start = bytes.count
        bytes.append(payload)
        if sendsCRLF, bytes.count == start || bytes[bytes.count - 1] != UInt8(ascii: "\r") {
            bytes.append(UInt8(ascii: "\r"))
        }
        if isLine, endsInNewline { return bytes.append(UInt8(ascii: "\n")) }
        let end = bytes.count
        bytes += ending
        // Whoever reads it must find the end here and not before: neither inside the payload nor across its last bytes.
        guard let found = ByteSearch.first(ending, in: bytes.span, from: start), found < end else { return }
        bytes.removeLast(bytes.count - start)
        let what =
            framing == .line ? "a newline, which would end the line" : "the delimiter, which would end the message"
        throw failure(.invalid("has at byte \(found - start) \(what) there"))
    }

    private func failure(_ reason: FramingError.Reason) -> FramingError { FramingError("the message", reason) }
}
