import Testing

@testable import SockKit

@Suite struct ProxyAuthenticationTests {
    private static let challengeNames = ["SHA-256", "MD5"]

    /// A request with this field, and what is made of it.
    @Netpoller
    private func verdict(
        _ authentication: ProxyAuthentication, _ field: String?, _ target: String = "a:1",
        _ method: HTTPMethod = .connect
    ) throws -> (isRight: Bool, challenges: [DigestChallenge], reason: String?) {
        var fields: Fields = ["Host": "a"]
        if let field { fields.append("Proxy-Authorization", field) }
        switch authentication.verdict(on: try RequestHead(method, target, fields: fields)) {
        case .right: return (true, [], nil)
        case .wrong(let challenges, let reason):
            let schemes = challenges.flatMap(AuthenticationScheme.list)
            return (false, schemes.compactMap { DigestChallenge($0) }, reason)
        }
    }

    private func proof(
        _ challenge: DigestChallenge, _ user: String = "ann", _ password: String = "secret", _ target: String = "a:1",
        _ method: HTTPMethod = .connect, count: UInt32 = 1
    ) -> String {
        DigestCredentials(
            challenge, user: user, password: Array(password.utf8), method: method, target: target, count: count,
            word: "word\(count)"
        ).field
    }

    @Netpoller
    private var ann: ProxyAuthentication {
        ProxyAuthentication([BasicCredentials("ann:secret")!, BasicCredentials("ben:two:words")!])
    }

    @Test func `Basic is right for every user with his own password, and no other`() async throws {
        try await onLoop {
            let ann = ann
            for right in ["ann:secret", "ben:two:words"] {
                #expect(try verdict(ann, BasicCredentials(right)!.field).isRight)
            }
            for wrong in ["ann:two:words", "ben:two", "ann:", ":secret", "ann:secret "] {
                let made = try verdict(ann, BasicCredentials(wrong)!.field)
                #expect(!made.isRight && made.reason == "wrong user or password", "\(wrong)")
            }
        }
    }

    @Test func `Digest is a proof by either hash`() async throws {
        try await onLoop {
            let ann = ann
            let challenges = try verdict(ann, nil).challenges
            #expect(challenges.map(\.algorithm.rawValue) == Self.challengeNames)
            for challenge in challenges {
                let fresh = try verdict(ann, nil).challenges.first { $0.algorithm == challenge.algorithm }!
                #expect(try verdict(ann, proof(fresh)).isRight)
                #expect(try verdict(ann, proof(fresh, "ann", "wrong", count: 2)).reason == "wrong user or password")
                #expect(try verdict(ann, proof(fresh, "ben", "secret", count: 2)).reason == "wrong user or password")
                #expect(try !verdict(ann, proof(fresh, count: 2), "b:1").isRight, "the proof is for another target")
                #expect(try !verdict(ann, proof(fresh, count: 2), "http://a/", .get).isRight)
            }
        }
    }

    @Test func `a proof is good for once, and then the client is told that it only has to count on`() async throws {
        try await onLoop {
            let ann = ann
            let challenge = try verdict(ann, nil).challenges[0]
            #expect(try verdict(ann, proof(challenge)).isRight)
            let again = try verdict(ann, proof(challenge))
            #expect(!again.isRight && again.challenges.allSatisfy(\.isStale))
            #expect(try verdict(ann, proof(challenge, count: 2)).isRight)
        }
    }

    @Test func `a nonce of somebody else's is stale, whatever it looks like`() async throws {
        try await onLoop {
            let ann = ann
            for nonce in ["", "x", String(repeating: "0", count: 64), try verdict(self.ann, nil).challenges[0].nonce] {
                let made = try verdict(ann, proof(DigestChallenge(realm: "sockctl", nonce: nonce)))
                #expect(!made.isRight && made.challenges.allSatisfy(\.isStale), "\(nonce)")
            }
        }
    }

    @Test func `a client that names the path of a whole URL is understood`() async throws {
        try await onLoop {
            let ann = ann
            let challenge = try verdict(ann, nil).challenges[0]
            let target = "http://a/b?c"
            #expect(try verdict(ann, proof(challenge, "ann", "secret", "/b?c", .get), target, .get).isRight)
            #expect(try verdict(ann, proof(challenge, "ann", "secret", target, .get, count: 2), target, .get).isRight)
        }
    }

    @Test func `counts may come in another order, each once, within a window`() async throws {
        try await onLoop {
            var nonces = DigestNonces()
            let nonce = nonces.make()
            let order: [(UInt32, Bool)] = [
                (0, false), (2, true), (1, true), (2, false), (1, false), (70, true), (7, true), (6, false),
                (70, false),
                (.max, true), (71, false),
            ]
            for (count, isGood) in order {
                let isTaken = nonces.accept(nonce, count: count)
                #expect(isTaken == isGood, "\(count)")
            }
        }
    }

    @Test func `of many nonces that were used only so many are kept, and the others are good no more`() async throws {
        try await onLoop {
            var nonces = DigestNonces(most: 8)
            let first = nonces.make()
            let isTaken = nonces.accept(first, count: 1)
            #expect(isTaken)
            for _ in 0..<20 {
                let nonce = nonces.make()
                _ = nonces.accept(nonce, count: 1)
            }
            let isTakenAgain = nonces.accept(first, count: 1)
            #expect(!isTakenAgain, "what was forgotten must not be taken again")
        }
    }
}
