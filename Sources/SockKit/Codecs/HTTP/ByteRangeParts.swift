/// What stands around the parts of a `multipart/byteranges` answer (RFC 9110 section 14.6).
public struct ByteRangeParts: Sendable {
    /// The parts, in the order of sending.
    public let ranges: [Range<Int>]
    private let size: Int
    private let partType: String
    private let boundary: String

    /// The boundary must be one that no part holds: random letters and digits.
    public init(_ ranges: [Range<Int>], of size: Int, type: String, boundary: String) {
        self.ranges = ranges
        self.size = size
        partType = type
        self.boundary = boundary
    }

    /// The value of Content-Type.
    public var contentType: String { "multipart/byteranges; boundary=\(boundary)" }

    /// What is sent before a part.
    public func head(of range: Range<Int>) -> [UInt8] {
        let field = ContentRange(range, of: size)
        return Array("\r\n--\(boundary)\r\nContent-Type: \(partType)\r\nContent-Range: \(field)\r\n\r\n".utf8)
    }

    /// What is sent behind the last.
    public var end: [UInt8] { Array("\r\n--\(boundary)--\r\n".utf8) }

    /// The length of it all; nil where that is more than can be said.
    public var contentLength: Int? {
        var length = end.count
        for range in ranges {
            let (more, isTooMuch) = length.addingReportingOverflow(head(of: range).count)
            let (all, isFarTooMuch) = more.addingReportingOverflow(range.count)
            if isTooMuch || isFarTooMuch { return nil }
            length = all
        }
        return length
    }
}
