import Testing

@testable import SockKit

/// What a field says of how one may prove who one is.
@Suite struct AuthenticationSchemeTests {
    private func shown(_ value: String) -> [String] {
        AuthenticationScheme.list(value).map { scheme in
            let parameters = scheme.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return ([scheme.name] + (scheme.token.map { ["<\($0)>"] } ?? []) + parameters).joined(separator: " ")
        }
    }

    @Test(arguments: [
        ("Basic realm=\"a b\"", ["basic realm=a b"]),
        ("Basic dXNlcjpwYXNz", ["basic <dXNlcjpwYXNz>"]),
        ("Basic dXNlcjpwYQ==, Digest nonce=x", ["basic <dXNlcjpwYQ==>", "digest nonce=x"]),
        ("Negotiate, NTLM , Basic realm=x", ["negotiate", "ntlm", "basic realm=x"]),
        (
            "DIGEST Realm = \"q\\\"u\\\\o,te\" ,nonce=\"n\",, qop=\"auth,auth-int\", Basic realm=\"r\"",
            ["digest nonce=n qop=auth,auth-int realm=q\"u\\o,te", "basic realm=r"]
        ),
        ("Digest realm=a, realm=b", ["digest realm=a"]),
        ("", []), (" , ,", []), ("=x", []), ("Digest realm=\"open", ["digest"]),
    ])
    func `a list of schemes is taken apart, whatever stands between them`(value: String, schemes: [String]) {
        #expect(shown(value) == schemes)
    }
}
