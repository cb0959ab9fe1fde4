/// A host's name that SOCKS can carry: 1 to 255 bytes of UTF-8 without spaces and control bytes.
public struct SOCKSName: Sendable, Hashable, CustomStringConvertible {
    /// The longest: its length has one byte (RFC 1928 section 5).
    public static let longest = 255

    public let text: String

    public init?(_ text: String) {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= Self.longest, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            return nil
        }
        self.text = text
    }

    init?(utf8 bytes: Span<UInt8>) {
        guard let text = String(validating: bytes.indices.map { bytes[$0] }, as: UTF8.self) else { return nil }
        self.init(text)
    }

    public var description: String { text }
}
