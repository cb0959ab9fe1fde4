import SockKit

/// What a chat makes of the bytes that somebody says: whole lines, each with a name in front, that no terminal obeys.
enum ChatText {
    /// A line longer than this is cut in two: memory is bounded whatever somebody sends.
    static let longestLine = 64 << 10

    private static let newline = UInt8(ascii: "\n")

    /// The first line of `bytes` from `start`, and where the next one begins; nil while it has not ended. `scanned` says
    /// up to where there is no newline.
    static func line(in bytes: [UInt8], from start: Int, scanned: Int) -> (line: Range<Int>, next: Int)? {
        let end = min(bytes.count, start + longestLine)
        if let newline = ByteSearch.first([newline], in: bytes.span.extracting(first: end), from: max(start, scanned)) {
            let isCRLF = newline > start && bytes[newline - 1] == UInt8(ascii: "\r")
            return (start..<(isCRLF ? newline - 1 : newline), newline + 1)
        }
        return bytes.count - start > longestLine ? (start..<end, end) : nil
    }

    /// Appends a line as the others see it.
    static func append(_ name: [UInt8], _ line: Span<UInt8>, to text: inout [UInt8]) {
        text.append(name.span)
        var (start, index) = (0, 0)
        while index < line.count {
            let byte = line[index]
            if byte >= 0x20 && byte < 0x7f || byte == UInt8(ascii: "\t") {
                index += 1
                continue
            }
            let (length, isHarmless) = look(line, at: index)
            if !isHarmless {
                text.append(line.extracting(start..<index))
                let bytes = (index..<index + length).map { line[$0] }
                text += Array(TextEscapes.show(bytes).utf8)
                start = index + length
            }
            index += length
        }
        text.append(line.extracting(start..<line.count))
        text.append(newline)
    }

    /// How many bytes the character at `index` has that is not plain ASCII, and whether a terminal only shows it. What is
    /// no UTF-8 may be another encoding's text: it passes, but for the bytes that some terminals take for controls.
    private static func look(_ line: Span<UInt8>, at index: Int) -> (length: Int, isHarmless: Bool) {
        let lead = line[index]
        let length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1
        guard length > 1, index + length <= line.count else { return (1, lead >= 0xa0) }
        let bytes = (index..<index + length).map { line[$0] }
        guard let text = String(validating: bytes, as: UTF8.self), let scalar = text.unicodeScalars.first else {
            return (1, lead >= 0xa0)
        }
        return (length, !scalar.actsOnTerminals)
    }
}
