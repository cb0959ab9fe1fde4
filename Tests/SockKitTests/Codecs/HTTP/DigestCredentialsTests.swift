import Testing

@testable import SockKit

/// Digest: a client's proof, and the server's judgement of it.
@Suite struct DigestCredentialsTests {
    /// The example of RFC 7616 section 3.9.1.
    @Test(arguments: [
        (DigestAlgorithm.md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (.sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ])
    func `the proof is the one of RFC 7616`(algorithm: DigestAlgorithm, response: String) throws {
        let field = """
            Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=\(algorithm.rawValue), \
            nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
            """
        let challenge = try #require(DigestChallenge(AuthenticationScheme.list(field)[0]))
        let word = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
        let credentials = DigestCredentials(
            challenge, user: "Mufasa", password: Array("Circle of Life".utf8), method: .get, target: "/dir/index.html",
            count: 1, word: word)
        #expect(credentials.response == response)
        #expect(credentials.field.contains("nc=00000001"))
        let read = try #require(DigestCredentials(field: credentials.field))
        #expect(read == credentials && read.opaque == challenge.opaque)
        #expect(read.prove(Array("Circle of Life".utf8), method: .get))
        #expect(!read.prove(Array("Circle of life".utf8), method: .get))
        #expect(!read.prove(Array("Circle of Life".utf8), method: .post))
    }

    /// RFC 2617 section 3.5 without a count, as of a server of RFC 2069.
    @Test func `a server that does not count is answered without a count`() throws {
        let challenge = try #require(
            DigestChallenge(AuthenticationScheme.list(#"Digest realm="testrealm@host.com", nonce="dcd98b7102dd""#)[0]))
        let credentials = DigestCredentials(
            challenge, user: "Mufasa", password: Array("CircleOfLife".utf8), method: .get, target: "/dir/index.html",
            count: 7, word: "x")
        #expect(credentials.response == "75c3b87e33d32f7d7569f7a3cd31a854")
        #expect(!credentials.field.contains("nc="))
        #expect(DigestCredentials(field: credentials.field)?.prove(Array("CircleOfLife".utf8), method: .get) == true)
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `a challenge comes back as it went, and is answered with its algorithm`(algorithm: DigestAlgorithm) throws {
        let challenge = DigestChallenge(
            realm: "a \"b\" \\", nonce: "n,1", opaque: "o", algorithm: algorithm, isStale: true)
        #expect(AuthenticationScheme.list(challenge.field).compactMap { DigestChallenge($0) } == [challenge])
        let credentials = DigestCredentials(
            challenge, user: "ann \"x\"", password: [0xff, 0x3a], method: .connect, target: "example.org:443",
            count: 0xabcd, word: "w")
        let read = try #require(DigestCredentials(field: credentials.field))
        #expect(read.use?.count == 0xabcd && read.prove([0xff, 0x3a], method: .connect))
    }

    @Test(arguments: [
        "Basic dXNlcjpwYXNz", "Digest realm=a", "Digest realm=a, nonce=b, qop=auth-int",
        "Digest realm=a, nonce=b, algorithm=SHA-512-256",
    ])
    func `what is asked for in a way that is not known is no challenge`(field: String) {
        #expect(AuthenticationScheme.list(field).compactMap { DigestChallenge($0) }.isEmpty)
    }

    @Test(arguments: [
        "", "Basic eA==", "Digest username=a", "Digest username=a, realm=r, nonce=n, uri=u, response=0, qop=auth",
        "Digest username=a, realm=r, nonce=n, uri=u, response=0, qop=auth, nc=1, cnonce=c",
        "Digest username=a, realm=r, nonce=n, uri=u, response=0, qop=auth, nc=0000000g, cnonce=c",
        "Digest username=a, realm=r, nonce=n, uri=u, response=0, algorithm=SHA-512-256",
        "Digest username=a, realm=r, nonce=n, uri=u, response=0, algorithm=MD5-sess",
    ])
    func `credentials that lack a part are none`(field: String) {
        #expect(DigestCredentials(field: field) == nil)
    }
}
