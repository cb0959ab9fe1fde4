/// What a request asks for. Names are case-sensitive: `get` is another method than `GET` (RFC 9110 section 9.1).
public enum HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    case get, head, post, put, delete, connect, options, trace, patch
    /// Any other token. Make it with `init(_:)`, so that a name that has a case of its own gets that.
    case other(String)

    /// The method of this name.
    public init(_ name: String) {
        self = Self.known.first { $0.description == name } ?? .other(name)
    }

    private static let known: [HTTPMethod] = [.get, .head, .post, .put, .delete, .connect, .options, .trace, .patch]

    /// The name, as it goes over the wire.
    public var description: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .other(let name): name
        }
    }

    /// It only asks: nobody holds the client responsible for what it does (RFC 9110 section 9.2.1).
    public var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        case .post, .put, .delete, .connect, .patch, .other: false
        }
    }

    /// Doing it twice has the effect of doing it once (RFC 9110 section 9.2.2).
    public var isIdempotent: Bool { isSafe || self == .put || self == .delete }

    /// Reads a token.
    static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(HTTPRefusal.Fault) -> HTTPMethod {
        if range.count <= 7 {
            switch ByteScanner.word(in: bytes, range) {
            case Name.get: return .get
            case Name.head: return .head
            case Name.post: return .post
            case Name.put: return .put
            case Name.delete: return .delete
            case Name.connect: return .connect
            case Name.options: return .options
            case Name.trace: return .trace
            case Name.patch: return .patch
            default: break
            }
        }
        guard !range.isEmpty, ByteScanner.endOfToken(in: bytes, from: range.lowerBound) >= range.upperBound else {
            throw .badMethod
        }
        return .other(String(copying: bytes.extracting(range)))
    }

    /// The names as integers, so that a method is recognised by comparing one of them.
    private enum Name {
        static let get = ByteScanner.word("GET")
        static let head = ByteScanner.word("HEAD")
        static let post = ByteScanner.word("POST")
        static let put = ByteScanner.word("PUT")
        static let delete = ByteScanner.word("DELETE")
        static let connect = ByteScanner.word("CONNECT")
        static let options = ByteScanner.word("OPTIONS")
        static let trace = ByteScanner.word("TRACE")
        static let patch = ByteScanner.word("PATCH")
    }
}
