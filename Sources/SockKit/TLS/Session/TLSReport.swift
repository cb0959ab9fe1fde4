/// What two sides have agreed on, and who the other one is; of a handshake that failed, how far it came.
public struct TLSReport: Sendable {
    /// Both sides have agreed: they may speak.
    public internal(set) var isAgreed = true
    /// It is this side's that was the client.
    public internal(set) var isClient = true
    /// `TLSv1.3`.
    public let version: String
    /// `unknown` where the handshake did not come that far.
    public let cipher: String
    /// How the key was agreed on; nil where that is not known, as of a session that is resumed.
    public let group: String?
    /// How the other side proved that the certificate is its own.
    public let signature: String?
    /// The protocol above TLS.
    public let alpn: String?
    /// The name that the client asked for.
    public let serverName: String?
    public let isResumed: Bool
    /// Whether the other side was proven to be who it should be.
    public let isVerified: Bool
    /// Why it was not, or by what it was.
    public let reason: String?
    /// Whether the kernel does the ciphering, or why it does not.
    public let kernel: String
    public let duration: Duration
    /// The other side's certificates, its own first; a server that did not ask for one has none.
    public let chain: [CertificateFacts]
    /// What the chain ends in, of those who are trusted here.
    public let root: String?
    public let messages: [TLSMessage]
    /// The server has asked who the client is.
    public var asksWho: Bool { messages.contains { !$0.isSent && $0.name == "CertificateRequest" } }
    public let library: String
}

extension TLSSession {
    /// What is to be told of the session, once both sides have agreed.
    ///
    /// `failure` is why they have not.
    func report(_ proof: Proof, duration: Duration, failure: String? = nil) -> TLSReport {
        let functions = library.functions
        let verification = TLSVerification(self)
        let chain = unsafe verification.chain.map { unsafe library.facts(of: $0) }
        var (isVerified, reason) = verdict(proof, hasCertificate: !chain.isEmpty, verification.failure)
        if let failure { (isVerified, reason) = (false, failure) }
        let proven = unsafe library.elements(of: functions.SSL_get0_verified_chain(handle))
        return unsafe TLSReport(
            isAgreed: failure == nil, isClient: isClient,
            version: unsafe text(functions.SSL_get_version(handle)) ?? "TLS",
            cipher: failure == nil ? cipher ?? "unknown" : "unknown",
            // The library looks for these in a session that a handshake which failed may not have.
            group: failure == nil ? group : nil, signature: failure == nil ? signature : nil,
            alpn: failure == nil ? alpn : nil, serverName: unsafe text(functions.SSL_get_servername(handle, 0)),
            isResumed: functions.SSL_session_reused(handle) == 1,
            isVerified: isVerified, reason: reason, kernel: Self.kernelText, duration: duration, chain: chain,
            root: isVerified && proof == .chain ? proven.last.map { unsafe library.facts(of: $0).subject } : nil,
            messages: channel.messages?.messages ?? [], library: library.version)
    }

    /// How the other side was to prove who it is.
    enum Proof {
        /// By a chain of certificates to one who is trusted here.
        case chain
        /// By being the one certificate that was named.
        case pin
        /// It was not asked to.
        case none
    }

    private func verdict(
        _ proof: Proof, hasCertificate: Bool, _ failure: TLSFailure?
    ) -> (isVerified: Bool, reason: String?) {
        switch proof {
        case .none: (false, "no certificate was asked for")
        case .pin: (true, nil)
        case .chain: (hasCertificate && failure == nil, TLSVerification.faults(of: self) ?? failure?.text)
        }
    }

    private var cipher: String? {
        guard let cipher = unsafe library.functions.SSL_get_current_cipher(handle) else { return nil }
        return unsafe text(library.functions.SSL_CIPHER_standard_name(cipher))
    }

    private var group: String? {
        let number = Int32(
            truncatingIfNeeded: unsafe library.functions.SSL_ctrl(handle, TLSNumber.Control.getGroup, 0, nil))
        guard number > 0 else { return nil }
        if let name = unsafe library.functions.SSL_group_to_name { return unsafe text(name(handle, number)) }
        return unsafe text(library.functions.OBJ_nid2sn(number))
    }

    private var signature: String? {
        var number: Int32 = 0
        guard unsafe library.functions.SSL_get_peer_signature_type_nid(handle, &number) == 1, number != 0 else {
            return nil
        }
        return Self.signatures[number] ?? (unsafe text(library.functions.OBJ_nid2sn(number)))
    }

    /// The library's names of these are those of kinds of keys.
    private static let signatures: [Int32: String] = [
        6: "RSA", 408: "ECDSA", 912: "RSA-PSS", 1087: "Ed25519", 1088: "Ed448",
    ]

    var alpn: String? {
        var (bytes, count): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
        unsafe library.functions.SSL_get0_alpn_selected(handle, &bytes, &count)
        guard let bytes = unsafe bytes, count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
    }

    private func text(_ text: UnsafePointer<CChar>?) -> String? {
        unsafe text.map { unsafe String(cString: $0) }
    }

    /// Records are made here, in memory of ours, even where the kernel could make them: its own are of no use to a BIO that
    /// keeps the gate.
    private static let kernelText: String = {
        let list = (try? FileCalls.contents(of: "/proc/sys/net/ipv4/tcp_available_ulp")) ?? ""
        return list.split(whereSeparator: \.isWhitespace).contains("tls")
            ? "off: the kernel could, and is not asked to" : "off: this kernel has no TLS"
    }()
}
