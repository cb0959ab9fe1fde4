/// Adds fields to every answer of another handler.
public struct CommonFieldsHandler: HTTPHandler {
    private let fields: Fields
    private let inner: any HTTPHandler

    /// The fields must be such as `describesItself` says nothing of: the answer has those already, or they are its form.
    public init(_ fields: Fields, _ inner: any HTTPHandler) {
        self.fields = fields
        self.inner = inner
    }

    /// Whether a field tells how an answer is to be read, so that a server says it by itself, and says it rightly.
    public static func describesItself(_ name: String) -> Bool { own.contains(name.lowercased()) }

    private static let own: Set<String> = [
        "accept-ranges", "allow", "connection", "content-encoding", "content-length", "content-range", "content-type",
        "date", "etag", "keep-alive", "last-modified", "location", "trailer", "transfer-encoding", "upgrade",
        "www-authenticate",
    ]

    public func allows(_ method: HTTPMethod, at path: String) -> Bool { inner.allows(method, at: path) }

    public func answer(_ exchange: HTTPExchange) async throws(NetworkError) {
        for field in fields { exchange.commonFields.append(field.name, field.value) }
        try await inner.answer(exchange)
    }
}
