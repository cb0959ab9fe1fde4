/// The head of a request: its request line and its fields.
public struct RequestHead: Sendable, CustomStringConvertible {
    public internal(set) var method: HTTPMethod
    public internal(set) var version: HTTPVersion
    /// Which form the target has.
    public var form: TargetForm { line.form }
    /// The fields; behind or among their bytes stand those of the target.
    var storage: Fields
    var line: RequestTarget

    /// A request to be sent. The target must have the form that the method asks for.
    public init(
        _ method: HTTPMethod, _ target: String, version: HTTPVersion = .http11, fields: Fields = [:]
    ) throws(HTTPRefusal) {
        let bytes = Array(target.utf8)
        do throws(HTTPRefusal.Fault) {
            let name = method.description.utf8.span
            guard name.count > 0, ByteClass.token.containsAll(name) else { throw .badMethod }
            guard !bytes.isEmpty, ByteScanner.endOfTarget(in: bytes.span, from: 0) == bytes.count else {
                throw bytes.contains(UInt8(ascii: "#")) ? .fragmentInTarget : .badTarget
            }
            line = try RequestTarget.parse(bytes.span, bytes.indices, for: method)
        } catch {
            throw HTTPRefusal(.own, .startLine, error)
        }
        self.method = method
        self.version = version
        storage = fields
        line = line.moved(by: storage.bytes.count)
        storage.bytes += bytes
    }

    /// What a parser fills in.
    init() {
        method = .get
        version = .http11
        storage = Fields()
        line = .none
    }

    public var fields: Fields {
        get { storage }
        set {
            let target = storage.bytes[line.range]
            line = line.moved(by: newValue.bytes.count - line.range.lowerBound)
            storage = newValue
            storage.bytes += target
        }
    }

    /// The target as it came: ASCII without a space, a control byte or a fragment.
    public var target: String { storage.text(line.range) }

    /// Lends the target's bytes.
    public func withTarget<Result, Failure>(
        _ take: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try take(storage.bytes.span.extracting(line.range))
    }

    /// Who is asked: the authority of the target if it has one, which overrules Host (RFC 9112 section 3.2.2), else what
    /// Host says; nil for an HTTP/1.0 request without.
    public var authority: String? {
        line.authority.isEmpty ? storage["host"] : storage.text(line.authority)
    }

    /// The path, still encoded: `/` for an absolute form without one, empty for `*` and CONNECT's target.
    public var path: String {
        let (path, _) = split()
        return path.isEmpty && form == .absolute ? "/" : storage.text(path)
    }

    /// What stands behind the question mark, still encoded; nil without one.
    public var query: String? { split().query.map(storage.text) }

    /// `GET /time HTTP/1.1`.
    public var description: String { "\(method) \(target) \(version)" }

    private func split() -> (path: Range<Int>, query: Range<Int>?) {
        let both = line.pathAndQuery
        guard let mark = storage.bytes.span.firstIndex(of: UInt8(ascii: "?"), in: both) else { return (both, nil) }
        return (both.lowerBound..<mark, mark + 1..<both.upperBound)
    }
}
