import Glibc
import SockKit
import Synchronization
import Testing

/// Certificates of every kind, good and bad, made once for all tests with the `openssl` command.
///
/// A kind's files are `KIND.pem`, the chain that whoever has it sends, and `KIND.key`. Whoever trusts `root.pem` trusts
/// those that are good.
final class CertificateKit: Sendable {
    /// The one of this run. The first test that asks for it waits until it is made.
    static func shared() async throws -> CertificateKit { try await made.value }

    private static let made = Task<CertificateKit, any Error>.detached {
        try await onThread { Result { try CertificateKit() } }.get()
    }

    private static let left = Lock<String?>(nil)

    /// What the files of `--tls-password-file` and of the encrypted key agree on.
    static let password = "open sesame"

    /// The directory that all of it is in.
    let path: String
    private let directory: TemporaryDirectory

    private init() throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        path = directory.path
        // What lives as long as the process is never deinitialized.
        Self.left.withLock { $0 = directory.path }
        atexit { if let path = CertificateKit.left.withLock({ $0 }) { removeTree(path) } }
        try CertificateMaker(path: directory.path).make()
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func chain(_ kind: Kind) -> String { file("\(kind).pem") }

    func key(_ kind: Kind) -> String { file("\(kind).key") }

    /// The authority behind all certificates but those of strangers.
    var root: String { file("root.pem") }

    /// The arguments that speak TLS and trust the root.
    var trusting: [String] { ["--tls", "--tls-ca", root] }

    /// The arguments that speak TLS and show a certificate.
    func showing(_ kind: Kind = .good) -> [String] { ["--tls"] + own(kind) }

    /// The arguments that name a certificate and its key.
    func own(_ kind: Kind) -> [String] { ["--tls-cert", chain(kind), "--tls-key", key(kind)] }

    /// The SHA-256 of a certificate as `openssl` tells it: two digits a byte, with colons between them.
    func pin(_ kind: Kind) async throws -> String {
        let words = ["x509", "-in", chain(kind), "-noout", "-fingerprint", "-sha256"]
        let outcome = try await Shell.run("openssl", words, input: "")
        let pin = try #require(outcome.output.split(separator: "=").last, "\(outcome)")
        return pin.filter { !$0.isNewline }
    }
}

extension CertificateKit {
    /// A certificate by what is the matter with it.
    enum Kind: String, CaseIterable, Sendable {
        /// For `localhost` and both loopback addresses, for 90 days.
        case good
        /// As good as that, for 5 days.
        case short
        /// Ended 12 days ago.
        case expired
        /// Begins in 3 days.
        case future
        /// For `other.test` and `more.test`.
        case other
        /// For `localhost` and 127.0.0.9.
        case otherAddress
        /// For `*.example.test`.
        case wildcard
        /// For `a.*.example.test`.
        case innerWildcard
        /// For `a*.example.test`.
        case partialWildcard
        /// For `localhost`, a NUL, and `.evil.test`.
        case nul
        /// Has `localhost` as its subject, and no list of names.
        case subjectOnly
        /// Signed by nobody but itself.
        case selfSigned
        /// Signed by `Stranger Root`, which nobody trusts.
        case stranger
        /// Signed with the key of `good`, which is no authority.
        case impostor
        /// Its key is of RSA, and 1024 bits long.
        case weak
        /// Signed with SHA-1.
        case oldDigest
        /// Withdrawn by the list `crl.pem`, and good without it.
        case revoked
        /// Ann's: for a client, and for nothing else.
        case client
    }
}

extension CertificateKit.Kind: CustomStringConvertible, CustomTestStringConvertible {
    var description: String { rawValue }
    var testDescription: String { rawValue }
}
