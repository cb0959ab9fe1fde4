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
            let spelling = Self.isHarmless(scalar) ? nil : scalar.spelledOut
            let width = spelling?.utf8.count ?? 1
            guard room >= width else {
                isCut = true
                break
            }
            if isGap { text += " " }
            isGap = false
            if let spelling {
                text += spelling
            } else {
                text.unicodeScalars.append(scalar)
            }
            room -= width
        }
        while !isCut, text.hasSuffix(".") || text.hasSuffix(" ") { text.removeLast() }
        if isCut { text += text.isEmpty ? "[...]" : " [...]" }
        description = text
    }

    /// Some servers end their words with a zero, as they do in C.
    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0 || scalar.properties.isWhitespace
    }

    /// What is in private use may look like anything.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isHidden && scalar.properties.generalCategory != .privateUse
    }
}
