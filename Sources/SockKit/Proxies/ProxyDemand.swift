/// How an HTTP proxy wants to be told who we are, as it said when it was asked without, and how we tell it.
struct ProxyDemand: Sendable {
    private enum Scheme: Sendable {
        case basic
        case digest(DigestChallenge)
    }

    private let scheme: Scheme
    /// How often the nonce was used.
    private var uses: UInt32 = 0
    /// The credentials were right, and only the occasion has changed.
    let isStale: Bool

    /// The best of what is offered that is spoken here; nil where nothing is.
    init?(_ head: ResponseHead) {
        let offers = head.fields.all(named: "proxy-authenticate").flatMap(AuthenticationScheme.list)
        let digests = offers.compactMap { DigestChallenge($0) }
        let best = DigestAlgorithm.allCases.lazy.compactMap { algorithm in digests.first { $0.algorithm == algorithm } }
        if let challenge = best.first {
            (scheme, isStale) = (.digest(challenge), challenge.isStale)
        } else if offers.contains(where: { $0.name == "basic" }) {
            (scheme, isStale) = (.basic, false)
        } else {
            return nil
        }
    }

    /// The schemes that a proxy offers, for whoever is to be told that none is spoken here.
    static func offers(_ head: ResponseHead) -> String {
        let names = head.fields.all(named: "proxy-authenticate").flatMap(AuthenticationScheme.list).map(name(of:))
        return names.isEmpty ? "no way that it names" : names.joined(separator: " or ")
    }

    /// Digest is spoken, so it is something in it that is not.
    private static func name(of offer: AuthenticationScheme) -> String {
        guard offer.name == "digest" else { return offer.name }
        if let algorithm = offer.parameters["algorithm"], DigestAlgorithm(algorithm) == nil {
            return "digest with the algorithm \(PeerWords(algorithm.utf8))"
        }
        let isNamed = offer.parameters["realm"] != nil && offer.parameters["nonce"] != nil
        return isNamed ? "digest without qop=auth" : "digest without a realm and a nonce"
    }

    /// The value of Proxy-Authorization for a request. Each use of it counts.
    mutating func authorization(_ credentials: ProxyCredentials, to target: String) -> String {
        let password = credentials.password ?? []
        switch scheme {
        case .basic: return BasicCredentials(user: credentials.user, password: password).field
        case .digest(let challenge):
            uses += 1
            var random = SystemRandomNumberGenerator()
            let word = String(random.next() as UInt64, radix: 36) + String(random.next() as UInt64, radix: 36)
            let user = String(decoding: credentials.user, as: UTF8.self)
            return DigestCredentials(
                challenge, user: user, password: password, method: .connect, target: target, count: uses, word: word
            ).field
        }
    }
}
