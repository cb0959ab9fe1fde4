/// How a certificate is made.
struct CertificateRecipe {
    var subject = "localhost"
    /// The list of names as `openssl` reads it; nil where there is none.
    var names: String? = "DNS:localhost, IP:127.0.0.1, IP:::1"
    /// In days from now. The half day is so that a count of whole days is the same for as long as the tests run.
    var begins = -1.0
    var ends = 90.5
    /// Who signs it; nil is itself.
    var issuer: String? = "intermediate"
    /// What is sent behind it.
    var sent = ["intermediate"]
    /// Whose key it has.
    var request = "leaf"
    var digest = "sha256"
}

extension CertificateKit.Kind {
    var recipe: CertificateRecipe {
        var recipe = CertificateRecipe()
        switch self {
        case .good, .revoked: break
        case .short: recipe.ends = 5.5
        case .expired: (recipe.begins, recipe.ends) = (-40, -12.1)
        case .future: recipe.begins = 3.1
        case .other: (recipe.subject, recipe.names) = ("other.test", "DNS:other.test, DNS:more.test")
        case .otherAddress: recipe.names = "DNS:localhost, IP:127.0.0.9"
        case .wildcard: (recipe.subject, recipe.names) = ("wildcard", "DNS:*.example.test")
        case .innerWildcard: (recipe.subject, recipe.names) = ("wildcard", "DNS:a.*.example.test")
        case .partialWildcard: (recipe.subject, recipe.names) = ("wildcard", "DNS:a*.example.test")
        case .nul: (recipe.subject, recipe.names) = ("evil", Self.encoded("localhost\0.evil.test"))
        case .subjectOnly: recipe.names = nil
        case .selfSigned: (recipe.issuer, recipe.sent) = (nil, [])
        case .stranger: (recipe.issuer, recipe.sent) = ("stranger", [])
        case .impostor:
            (recipe.subject, recipe.issuer, recipe.sent) = ("impostor", "good", ["good", "intermediate"])
        case .weak: recipe.request = "weak"
        case .oldDigest: recipe.digest = "sha1"
        case .client: (recipe.subject, recipe.names) = ("ann", nil)
        }
        return recipe
    }

    /// A list of one name in DER, byte by byte: as text it could not have a NUL.
    private static func encoded(_ name: String) -> String {
        let name = Array(name.utf8)
        let (sequence, dNSName): (UInt8, UInt8) = (0x30, 0x82)
        let bytes = [sequence, UInt8(name.count + 2), dNSName, UInt8(name.count)] + name
        let digits = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return "DER:" + digits.joined(separator: ":")
    }
}
