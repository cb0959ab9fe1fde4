/// Lets pages of other origins read the answers of another handler (the Fetch standard's CORS protocol).
public struct CrossOriginHandler: HTTPHandler {
    /// Whose pages may.
    public enum Origins: Sendable, Hashable {
        case any
        /// Those of these origins, as browsers write them: `https://example.org:8443`.
        case only([String])
    }

    private let origins: Origins
    private let takesCredentials: Bool
    private let exposed: String
    private let inner: any HTTPHandler

    /// `takesCredentials` lets pages send a password along, which the standard forbids where any origin may. `exposing`
    /// names fields that pages may read besides those that the handlers here write.
    public init(_ origins: Origins, takesCredentials: Bool, exposing names: [String] = [], _ inner: any HTTPHandler) {
        self.origins = origins
        self.takesCredentials = takesCredentials
        exposed = (Self.alwaysExposed + names).joined(separator: ", ")
        self.inner = inner
    }

    private static let alwaysExposed = [
        "Accept-Ranges", "Content-Encoding", "Content-Range", "Date", "ETag", "Location",
    ]

    public func allows(_ method: HTTPMethod, at path: String) -> Bool { inner.allows(method, at: path) }

    public func answer(_ exchange: HTTPExchange) async throws(NetworkError) {
        let asked = exchange.request.fields
        let isAllowed = allow(asked["Origin"], exchange)
        // A browser asks first whether it may ask, and sends no password with that.
        if isAllowed, exchange.request.method == .options, let method = asked["Access-Control-Request-Method"] {
            return try await permit(method, asked["Access-Control-Request-Headers"], exchange)
        }
        try await inner.answer(exchange)
    }

    /// Says who may read the answer; whether that holds for who asks.
    @Netpoller
    private func allow(_ origin: String?, _ exchange: HTTPExchange) -> Bool {
        switch origins {
        case .any:
            exchange.commonFields.append("Access-Control-Allow-Origin", "*")
        case .only(let known):
            // Also where there is none: a cache must not give this answer to another origin.
            exchange.commonFields.append("Vary", "Origin")
            guard let origin, known.contains(origin) else { return false }
            exchange.commonFields.append("Access-Control-Allow-Origin", origin)
            if takesCredentials { exchange.commonFields.append("Access-Control-Allow-Credentials", "true") }
        }
        exchange.commonFields.append("Access-Control-Expose-Headers", exposed)
        return true
    }

    /// Which methods the handler has there is told; what they and the fields lead to is for the handler to say.
    @Netpoller
    private func permit(_ method: String, _ names: String?, _ exchange: HTTPExchange) async throws(NetworkError) {
        let (asked, path) = (HTTPMethod(method), exchange.request.path)
        var methods: [HTTPMethod] = [.get, .head, .post, .put, .patch, .delete].filter { inner.allows($0, at: path) }
        if !methods.contains(asked), inner.allows(asked, at: path) { methods.append(asked) }
        let list = methods.map(\.description).joined(separator: ", ")
        var fields: Fields = ["Access-Control-Allow-Methods": list, "Access-Control-Max-Age": "600"]
        if let names { fields.append("Access-Control-Allow-Headers", names) }
        fields.append("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
        try await exchange.respond(204, fields, body: [])
    }
}
