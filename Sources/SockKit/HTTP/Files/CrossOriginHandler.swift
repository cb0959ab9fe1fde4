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
    private let inner: any HTTPHandler

    /// `takesCredentials` lets pages send a password along, which the standard forbids where any origin may.
    public init(_ origins: Origins, takesCredentials: Bool, _ inner: any HTTPHandler) {
        self.origins = origins
        self.takesCredentials = takesCredentials
        self.inner = inner
    }

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
        exchange.commonFields.append(
            "Access-Control-Expose-Headers", "Accept-Ranges, Content-Encoding, Content-Range, Date, ETag, Location")
        return true
    }

    /// What the browser wants it gets: what the method and the fields lead to is for the handler to say.
    @Netpoller
    private func permit(_ method: String, _ names: String?, _ exchange: HTTPExchange) async throws(NetworkError) {
        var fields: Fields = ["Access-Control-Allow-Methods": method, "Access-Control-Max-Age": "600"]
        if let names { fields.append("Access-Control-Allow-Headers", names) }
        fields.append("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
        try await exchange.respond(204, fields, body: [])
    }
}
