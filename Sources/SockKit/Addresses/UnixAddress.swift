/// The address of a Unix domain socket.
public enum UnixAddress: Sendable, Hashable, CustomStringConvertible {
    /// A file in the file system.
    case path(ByteString)
    /// A name outside the file system (Linux), without the zero byte that marks it in the kernel.
    case abstract(ByteString)
    /// No address: a socket that was never bound.
    case unnamed

    /// The longest path, and the longest abstract name, in bytes: `sun_path` has 108, one of them zero.
    public static let maximumPathLength = 107

    /// The address as a person types it after `unix:`: a path, `@name`; `(unnamed)` where there is none.
    ///
    /// A path that begins with `@` gets `./` in front, as it must be typed to be taken for a path.
    public var description: String {
        switch self {
        case .path(let path): path.bytes.first == UInt8(ascii: "@") ? "./\(path)" : "\(path)"
        case .abstract(let name): "@\(name)"
        case .unnamed: "(unnamed)"
        }
    }
}
