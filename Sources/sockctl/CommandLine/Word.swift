/// One word of the command line: bytes, which need not be text.
///
/// A payload or a path is taken as its bytes. Everything else is read from `text`.
struct Word: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    init(_ text: String) { self.init(text.utf8) }

    /// The word as people read it: what is not UTF-8 shows as U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func hasPrefix(_ text: String) -> Bool { bytes.starts(with: text.utf8) }

    /// The words between the separators, empty ones included; at most `maximum` separators count.
    func split(by separator: Character, maximum: Int = .max) -> [Word] {
        guard let byte = separator.asciiValue else { return [self] }
        return bytes.split(separator: byte, maxSplits: maximum, omittingEmptySubsequences: false).map { Word($0) }
    }
}

extension Word: ExpressibleByStringLiteral, CustomStringConvertible {
    init(stringLiteral text: String) { self.init(text) }

    var description: String { text }
}
