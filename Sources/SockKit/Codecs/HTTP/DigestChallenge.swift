/// Which hash proves a password (RFC 7616 section 3.2).
public enum DigestAlgorithm: String, Sendable, Hashable, CaseIterable {
    // From the best to what is only better than nothing.
    case sha256 = "SHA-256"
    case sha256Session = "SHA-256-sess"
    case md5 = "MD5"
    case md5Session = "MD5-sess"

    /// Names are compared without regard to case.
    public init?(_ name: String) {
        guard let known = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
            return nil
        }
        self = known
    }

    /// The nonces of both sides are hashed with the password.
    public var isOfSession: Bool { self == .sha256Session || self == .md5Session }

    /// The digest of the parts with a colon between any two, as hexadecimal digits.
    func hash(_ parts: [[UInt8]]) -> String {
        let message = Array(parts.joined(separator: [UInt8(ascii: ":")]))
        switch self {
        case .sha256, .sha256Session: return SHA256.hash(message).hexadecimal
        case .md5, .md5Session: return MD5.hash(message).hexadecimal
        }
    }
}

/// What a server demands that wants a password proved and not told: Digest (RFC 7616).
public struct DigestChallenge: Sendable, Hashable {
    public let realm: String
    /// The server's word for this occasion.
    public let nonce: String
    public var opaque: String?
    public var algorithm: DigestAlgorithm
    /// Whether the client is to count how often it uses the nonce (`qop=auth`); servers of RFC 2069 know nothing of that.
    public var counts: Bool
    /// The password was right, only the nonce is too old, or its count was used.
    public var isStale: Bool

    public init(
        realm: String, nonce: String, opaque: String? = nil, algorithm: DigestAlgorithm = .sha256, counts: Bool = true,
        isStale: Bool = false
    ) {
        self.realm = realm
        self.nonce = nonce
        self.opaque = opaque
        self.algorithm = algorithm
        self.counts = counts
        self.isStale = isStale
    }

    /// Nil for another scheme, and for one that asks for what is not known here.
    public init?(_ scheme: AuthenticationScheme) {
        let values = scheme.parameters
        guard scheme.name == "digest", let realm = values["realm"], let nonce = values["nonce"],
            let algorithm = DigestAlgorithm(values["algorithm"] ?? DigestAlgorithm.md5.rawValue)
        else { return nil }
        let protections = values["qop"]?.lowercased().split { $0 == "," || $0 == " " }
        guard protections?.contains("auth") ?? true else { return nil }
        self.init(
            realm: realm, nonce: nonce, opaque: values["opaque"], algorithm: algorithm, counts: protections != nil,
            isStale: values["stale"]?.lowercased() == "true")
    }

    /// The value of WWW-Authenticate or Proxy-Authenticate.
    public var field: String {
        var parts = ["realm=\(realm.quoted)", "nonce=\(nonce.quoted)"]
        if let opaque { parts.append("opaque=\(opaque.quoted)") }
        parts.append("algorithm=\(algorithm.rawValue)")
        if counts { parts.append("qop=\"auth\"") }
        if isStale { parts.append("stale=true") }
        return "Digest " + parts.joined(separator: ", ")
    }
}
