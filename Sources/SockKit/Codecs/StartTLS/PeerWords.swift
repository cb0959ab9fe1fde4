/// A peer's words in a sentence of ours: on one line, not too many, and without anything that acts on a terminal.
struct PeerWords: Sendable, Hashable, CustomStringConvertible {
    /// Without a full stop at the end: it is our sentence that ends.
    let description: String

    /// So many characters are shown, of so many bytes that are looked at.
    private static let (longest, most) = (200, 1024)

    init(_ bytes: some Collection<UInt8>) {
        var text = ""
        var isCut = bytes.count > Self.most
        var room = Self.longest
        var isGap = false
        for scalar in String(decoding: bytes.prefix(Self.most), as: UTF8.self).unicodeScalars {
            guard !Self.isBlank(scalar) else {
                isGap = !text.isEmpty
                continue
            }
            guard room > 0 else {
                isCut = true
                break
            }
            if isGap { text += " " }
            isGap = false
            text.unicodeScalars.append(Self.isHarmless(scalar) ? scalar : "?")
            room -= 1
        }
        while !isCut, text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
        if isCut { text += text.isEmpty ? "[...]" : " [...]" }
        description = text
    }

    /// Some servers end their words with a zero, as they do in C.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0 || scalar.properties.isWhitespace
    }

    /// Control characters move the cursor, and those of the format turn the direction of what follows.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: false
        default: true
        }
    }
}
