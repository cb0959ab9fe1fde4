/// The path of a request as names of files below a root; it never leads out of it.
public struct FilePath: Sendable, Hashable, CustomStringConvertible {
    /// Why a path names nothing.
    public enum Failure: Error, Sendable, Hashable {
        /// It is no path, or a percent sign has no two digits behind it: 400.
        case malformed
        /// No file can have that name, or it would lead elsewhere: 404.
        case impossible

        public var status: HTTPStatus { self == .malformed ? 400 : 404 }
    }

    /// The names, decoded. None is empty, `.` or `..`, none holds a slash or a zero byte; they need not be UTF-8.
    public let segments: [[UInt8]]
    /// A slash stands at the end: a folder is meant.
    public let isFolder: Bool

    /// Reads a path, as `RequestHead.path` has it.
    ///
    /// Empty segments are passed over, as the file system does. `.` and `..` are refused in every spelling, for clients
    /// take them away before they ask (RFC 3986 section 6.2.2.3); so are an encoded slash and an encoded zero byte.
    public init(_ path: String) throws(Failure) {
        guard path.utf8.first == UInt8(ascii: "/") else { throw .malformed }
        var segments: [[UInt8]] = []
        for text in path.utf8.split(separator: UInt8(ascii: "/")) {
            guard let name = PercentCoding.decode(text) else { throw .malformed }
            guard !name.contains(0), !name.contains(UInt8(ascii: "/")), name != [UInt8(ascii: ".")],
                name != [UInt8(ascii: "."), UInt8(ascii: ".")]
            else { throw .impossible }
            segments.append(name)
        }
        self.segments = segments
        isFolder = path.utf8.last == UInt8(ascii: "/")
    }

    /// The path from the root, without a slash before or behind; `.` for the root itself.
    public var relative: [UInt8] {
        segments.isEmpty ? [UInt8(ascii: ".")] : Array(segments.joined(separator: [UInt8(ascii: "/")]))
    }

    /// The path of the folder that holds it, from the root.
    public var parent: [UInt8] {
        segments.count < 2 ? [UInt8(ascii: ".")] : Array(segments.dropLast().joined(separator: [UInt8(ascii: "/")]))
    }

    /// The path as a reference, encoded, without a slash at its end. It has one slash at its beginning, whatever the
    /// request had: two would begin the name of another server.
    public var reference: String { "/" + segments.map(PercentCoding.encodeSegment).joined(separator: "/") }

    /// A name begins with a dot.
    public var isHidden: Bool { segments.contains { $0.first == UInt8(ascii: ".") } }

    /// For people; a name that is not UTF-8 loses by it.
    public var description: String { "/" + (segments.isEmpty ? "" : String(decoding: relative, as: UTF8.self)) }
}
