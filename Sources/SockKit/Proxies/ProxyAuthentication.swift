/// Who a proxy serves: users with passwords, told by SOCKS5 (RFC 1929) and by HTTP's Basic, or proved by its Digest.
@Netpoller
public final class ProxyAuthentication {
    /// What is made of a request of HTTP.
    enum Verdict {
        case right
        /// The challenges to answer with, and what was wrong; nil where nothing was said yet.
        case wrong([String], String?)
    }

    static let wrong = "wrong user or password"
    private static let realm = "sockctl"

    private let users: [BasicCredentials]
    private var nonces = DigestNonces()

    /// At least one user.
    public init(_ users: [BasicCredentials]) {
        self.users = users
    }

    /// Whether a user has this password. The time it takes tells neither how much is right nor who is known.
    func accepts(_ given: BasicCredentials) -> Bool {
        var found = false
        for user in users { found = given.matches(user) || found }
        return found
    }

    func accepts(_ given: SOCKS5Password) -> Bool {
        var both = given.user
        both.append(UInt8(ascii: ":"))
        // A name with a colon in it is no user's, and could be read as another's with the rest as a password.
        guard !given.user.contains(UInt8(ascii: ":")), let credentials = BasicCredentials(bytes: both + given.password)
        else { return false }
        return accepts(credentials)
    }

    func verdict(on head: RequestHead) -> Verdict {
        guard let value = head.fields["Proxy-Authorization"] else { return .wrong(challenges(), nil) }
        if let given = BasicCredentials(field: value) {
            return accepts(given) ? .right : .wrong(challenges(), Self.wrong)
        }
        guard let given = DigestCredentials(field: value) else {
            return .wrong(challenges(), "it proves itself in a way that is not known here")
        }
        guard isProof(given, of: head) else { return .wrong(challenges(), Self.wrong) }
        guard let use = given.use, nonces.accept(given.nonce, count: use.count) else {
            return .wrong(challenges(isStale: true), "its proof was used before, or is too old")
        }
        return .right
    }

    /// Whether the proof is that of a user's password for this very request; how often it was used is not looked at.
    private func isProof(_ given: DigestCredentials, of head: RequestHead) -> Bool {
        // Some clients name the path where the request has the whole URL.
        let isSame = given.target == head.target || given.target == head.path + (head.query.map { "?\($0)" } ?? "")
        var found = false
        for user in users {
            let isUser = Array(given.user.utf8) == user.user
            found = (given.prove(user.password, method: head.method) && isUser) || found
        }
        return found && isSame && given.realm == Self.realm
    }

    /// The best first: some clients take the first that they know.
    private func challenges(isStale: Bool = false) -> [String] {
        let nonce = nonces.make()
        let digests = [DigestAlgorithm.sha256, .md5].map {
            DigestChallenge(realm: Self.realm, nonce: nonce, algorithm: $0, isStale: isStale).field
        }
        return digests + ["Basic realm=\"\(Self.realm)\", charset=\"UTF-8\""]
    }
}
