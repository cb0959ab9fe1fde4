/// The head of an answer: its status line and its fields.
public struct ResponseHead: Sendable, CustomStringConvertible {
    public internal(set) var version: HTTPVersion
    public internal(set) var status: HTTPStatus
    /// What the server calls the status; mostly the registry's phrase, often empty. It has no meaning.
    public internal(set) var reason: String
    public var fields: Fields

    /// An answer to be sent; without a reason it has the registry's.
    public init(_ status: HTTPStatus, reason: String? = nil, version: HTTPVersion = .http11, fields: Fields = [:]) {
        self.status = status
        self.reason = reason ?? status.reason
        self.version = version
        self.fields = fields
    }

    /// A head that was read, byte for byte as it came, with the empty line at its end.
    package var received: [UInt8] { fields.bytes }

    /// `HTTP/1.1 200 OK`.
    public var description: String { "\(version) \(status) \(reason)" }
}
