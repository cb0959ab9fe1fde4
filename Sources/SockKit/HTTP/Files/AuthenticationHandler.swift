/// Lets only those through to another handler who know a name and a password (RFC 7617).
///
/// Both go over the wire as good as in the clear: it keeps honest people out, and others only where TLS is around it.
public struct AuthenticationHandler: HTTPHandler {
    private let credentials: BasicCredentials
    private let inner: any HTTPHandler

    public init(_ credentials: BasicCredentials, _ inner: any HTTPHandler) {
        self.credentials = credentials
        self.inner = inner
    }

    public func allows(_ method: HTTPMethod, at path: String) -> Bool { inner.allows(method, at: path) }

    public func answer(_ exchange: HTTPExchange) async throws(NetworkError) {
        // The time that the comparison takes does not tell how much was right.
        if let value = exchange.request.fields["Authorization"], let given = BasicCredentials(field: value),
            given.matches(credentials)
        {
            exchange.user = String(decoding: given.user, as: UTF8.self)
            return try await inner.answer(exchange)
        }
        try await refuse(exchange)
    }

    @Netpoller
    @inline(never)
    private func refuse(_ exchange: HTTPExchange) async throws(NetworkError) {
        let challenge = "Basic realm=\"sockctl\", charset=\"UTF-8\""
        try await exchange.refuse(401, ["WWW-Authenticate": challenge])
    }
}
