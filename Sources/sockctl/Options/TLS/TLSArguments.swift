import SockKit

/// What is to be known to speak TLS, on either side.
struct TLSArguments: Equatable, Sendable {
    var isOn = false
    /// Towards the peers of a forwarder.
    var accepts = false
    var authorities: [Word] = []
    var name: String?
    var isInsecure = false
    var pins: [CertificatePin] = []
    var revocations: Word?
    var certificates: [Word] = []
    var keys: [Word] = []
    var passwordFile: Word?
    var verifiesClients = false
    var protocols: [String] = []
    var minimum: TLSRules.Version?
    var maximum: TLSRules.Version?
    var ciphers: String?
    var keyLog: Word?
    var session: Word?
    var starter: StartTLS?
    var handshakeTimeout: Duration? = .seconds(10)
    var saysEnd = false
    /// In a scan: how many days a certificate is to last yet.
    var days: Int?
    /// In a scan: a file for a picture of the handshake.
    var svg: Word?

    /// What both sides are told. `SSLKEYLOGFILE` is as good as the option, but that nothing fails for it.
    func rules(_ reporter: Reporter, forwards: Bool = false, withIdentities: Bool = true) -> TLSRules {
        var rules = TLSRules()
        rules.minimum = minimum ?? .v12
        rules.maximum = maximum ?? .v13
        rules.ciphers = ciphers
        rules.protocols = protocols
        if withIdentities {
            rules.identities = zip(certificates, keys.isEmpty ? certificates : keys).map {
                TLSRules.Identity(certificate: $0.byteString, key: $1.byteString)
            }
        }
        rules.passwordFile = passwordFile?.byteString
        rules.authorities = authorities.map(\.byteString)
        rules.revocations = revocations?.byteString
        rules.keyLog = keyLog?.byteString
        if keyLog == nil, let file = Self.environmentKeyLog {
            rules.keyLog = file
            rules.needsKeyLog = false
        }
        let wished = rules.needsKeyLog ? nil : rules.keyLog?.description
        rules.onUnwritten = { error in
            reporter.failUnwritten(error, counts: wished.map { error.stream != .file($0) } ?? true)
        }
        rules.handshakeTimeout = handshakeTimeout
        // What a forwarder gives on is all that one side says, and its end is part of that.
        rules.saysEnd = saysEnd || forwards
        return rules
    }

    var trust: TLSTrust {
        var trust = TLSTrust()
        (trust.name, trust.pins, trust.isInsecure) = (name, pins, isInsecure)
        return trust
    }

    private static var environmentKeyLog: ByteString? {
        ProcessCalls.environment("SSLKEYLOGFILE").flatMap { $0.isEmpty ? nil : ByteString($0) }
    }

    var writtenFiles: [WrittenFiles.Named] { [("tls-key-log", keyLog), ("tls-session", session), ("svg", svg)] }

    func validate() throws(UsageError) {
        if let name, name.utf8.contains(where: { $0 <= 32 || $0 == 127 }) {
            throw UsageError("'--tls-name': no certificate has a name with spaces or control characters in it")
        }
        if let minimum, let maximum, maximum < minimum {
            throw UsageError("'--tls-min \(minimum.rawValue)' is above '--tls-max \(maximum.rawValue)'")
        }
        if !keys.isEmpty, keys.count != certificates.count {
            throw UsageError(
                "'--tls-key' stands with its '--tls-cert': there are \(certificates.count) certificates and \(keys.count) keys",
                hint: "a file with both in it needs no '--tls-key'")
        }
    }
}
