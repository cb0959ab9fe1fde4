/// What a client answers to a `DigestChallenge`: a name, and the proof that it knows the password (RFC 7616 section 3.4).
public struct DigestCredentials: Sendable, Hashable {
    public let user: String
    public let realm: String
    public let nonce: String
    /// The target of the request that it is for, as its first line has it.
    public let target: String
    public let algorithm: DigestAlgorithm
    public let opaque: String?
    /// How often the nonce is used, from 1, and a word of the client's; nil for a server that does not count.
    public let use: Use?
    /// The proof, as hexadecimal digits.
    public let response: String

    public struct Use: Sendable, Hashable {
        public let count: UInt32
        public let word: String

        public init(count: UInt32, word: String) {
            self.count = count
            self.word = word
        }

        /// Eight digits.
        var text: String {
            let digits = String(count, radix: 16)
            return String(repeating: "0", count: 8 - digits.utf8.count) + digits
        }
    }

    /// The answer for one request; `count` says which use of the nonce it is, `word` is different each time.
    public init(
        _ challenge: DigestChallenge, user: String, password: [UInt8], method: HTTPMethod, target: String,
        count: UInt32, word: String
    ) {
        self.user = user
        realm = challenge.realm
        nonce = challenge.nonce
        self.target = target
        algorithm = challenge.algorithm
        opaque = challenge.opaque
        use = challenge.counts ? Use(count: count, word: word) : nil
        response = Self.response(
            user, password, challenge.realm, challenge.nonce, method, target, challenge.algorithm, use)
    }

    /// Reads the value of Authorization or Proxy-Authorization; nil for another scheme, and for what lacks a part.
    public init?(field value: String) {
        let schemes = AuthenticationScheme.list(value)
        guard schemes.count == 1, schemes[0].name == "digest" else { return nil }
        let values = schemes[0].parameters
        guard let user = values["username"], let realm = values["realm"], let nonce = values["nonce"],
            let target = values["uri"], let response = values["response"],
            let algorithm = DigestAlgorithm(values["algorithm"] ?? DigestAlgorithm.md5.rawValue)
        else { return nil }
        if let protection = values["qop"] {
            guard protection.lowercased() == "auth", let digits = values["nc"], digits.utf8.count == 8,
                digits.utf8.allSatisfy({ UInt8(hexadecimal: $0) != nil }), let count = UInt32(digits, radix: 16),
                let word = values["cnonce"]
            else { return nil }
            use = Use(count: count, word: word)
        } else {
            guard !algorithm.isOfSession else { return nil }
            use = nil
        }
        (self.user, self.realm, self.nonce, self.target) = (user, realm, nonce, target)
        (self.algorithm, opaque, self.response) = (algorithm, values["opaque"], response.lowercased())
    }

    /// Whether they prove this password for a request of this method. The time it takes does not tell how near they are.
    public func prove(_ password: [UInt8], method: HTTPMethod) -> Bool {
        let wanted = Array(Self.response(user, password, realm, nonce, method, target, algorithm, use).utf8)
        let given = Array(response.utf8)
        guard given.count == wanted.count else { return false }
        return zip(given, wanted).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The value of Authorization or Proxy-Authorization.
    public var field: String {
        var parts = [
            "username=\(user.quoted)", "realm=\(realm.quoted)", "nonce=\(nonce.quoted)", "uri=\(target.quoted)",
            "algorithm=\(algorithm.rawValue)", "response=\(response.quoted)",
        ]
        if let opaque { parts.append("opaque=\(opaque.quoted)") }
        if let use { parts += ["qop=auth", "nc=\(use.text)", "cnonce=\(use.word.quoted)"] }
        return "Digest " + parts.joined(separator: ", ")
    }

    private static func response(
        _ user: String, _ password: [UInt8], _ realm: String, _ nonce: String, _ method: HTTPMethod, _ target: String,
        _ algorithm: DigestAlgorithm, _ use: Use?
    ) -> String {
        let nonce = Array(nonce.utf8)
        var secret = algorithm.hash([Array(user.utf8), Array(realm.utf8), password])
        if algorithm.isOfSession {
            secret = algorithm.hash([Array(secret.utf8), nonce, Array((use?.word ?? "").utf8)])
        }
        let request = algorithm.hash([Array(method.description.utf8), Array(target.utf8)])
        guard let use else { return algorithm.hash([Array(secret.utf8), nonce, Array(request.utf8)]) }
        return algorithm.hash([
            Array(secret.utf8), nonce, Array(use.text.utf8), Array(use.word.utf8), Array("auth".utf8),
            Array(request.utf8),
        ])
    }
}
