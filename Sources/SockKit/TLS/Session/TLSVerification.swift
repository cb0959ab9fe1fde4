/// Why the other side of a session is not believed, in words.
@Netpoller
@safe struct TLSVerification {
    private let library: TLSLibrary
    private let session: OpaquePointer
    private let peerName: String
    private let code: Int
    /// Whose certificate it is.
    private let isOfServer: Bool

    init(_ session: TLSSession, code: Int? = nil) {
        unsafe (library, self.session, peerName) = unsafe (session.library, session.handle, session.peerName)
        isOfServer = session.isClient
        self.code = code ?? Int(unsafe library.functions.SSL_get_verify_result(self.session))
    }

    /// Nil where nothing is wrong.
    var failure: TLSFailure? {
        guard code != 0 else { return nil }
        return TLSFailure(.untrusted, text, hint: hint)
    }

    /// All that is wrong, where it was accepted all the same.
    static func faults(of session: TLSSession) -> String? {
        // What is said of an issuer that is not there says the same three times.
        let codes = session.channel.faults.filter { $0 != 21 && $0 != 27 || session.channel.faults.count == 1 }
        guard !codes.isEmpty else { return nil }
        return codes.map { TLSVerification(session, code: $0).text }.joined(separator: "; and ")
    }

    /// The certificates that the other side gave, its own first.
    var chain: [OpaquePointer] {
        let functions = library.functions
        let given = unsafe library.elements(of: functions.SSL_get_peer_cert_chain(session))
        guard let own = unsafe functions.SSL_get1_peer_certificate(session) else { return unsafe given }
        // The session has it too, and keeps it. Of a client's certificates a server finds the first one only here.
        unsafe functions.X509_free(own)
        return unsafe given.first == own ? given : [own] + given
    }

    private var own: CertificateFacts? { unsafe chain.first.map { unsafe library.facts(of: $0) } }
    /// The last one that was given: whoever issued it is not known.
    private var last: CertificateFacts? { unsafe chain.last.map { unsafe library.facts(of: $0) } }

    private var text: String {
        let whose = own.map { " of \($0.shortSubject)" } ?? ""
        switch code {
        case 9: return "a certificate is not valid yet: \(beginning)"
        case 10: return "a certificate has expired: \(expiry)"
        case 18: return "the certificate\(whose) is self-signed"
        case 19:
            return "the chain ends in \(last?.shortSubject ?? "a root") which is self-signed and not trusted here"
        case 2, 20, 21:
            return "the certificate\(whose) was issued by \(last?.shortIssuer ?? "somebody") who is not trusted here"
        case 23: return "the certificate\(whose) was revoked"
        case 3: return "no list of revoked certificates is from \(own?.shortIssuer ?? "its issuer")"
        case 12: return "the list of revoked certificates is out of date"
        case 26:
            return
                "the certificate\(whose) has another purpose (extendedKeyUsage): it is not for \(isOfServer ? "servers" : "clients")"
        case 62, 64: return "the certificate is not for \(peerName) but for \(nameList)"
        case 66: return "the key of the certificate\(whose) is too short to be safe"
        case 67: return "the key of an issuer of the certificate\(whose) is too short to be safe"
        case 68: return "the certificate\(whose) is signed with a digest that is too weak to be safe (SHA-1 or MD5)"
        default: return "\(library.verifyText(code))\(whose)"
        }
    }

    private var hint: String? {
        guard isOfServer || code == 9 else {
            return [2, 18, 19, 20, 21].contains(code) ? "--tls-ca FILE names those whose clients are served" : nil
        }
        switch code {
        case 9: return "is the clock right? It says \(Timestamp.now.utcSecond)"
        case 10: return "--tls-insecure goes on all the same; --tls-pin \(pinText) trusts this one certificate"
        case 18: return "--tls-ca FILE or --tls-pin \(pinText) trusts it"
        case 2, 19, 20, 21:
            return unsafe chain.count == 1 && code != 19
                ? "--tls-ca FILE names the issuer, if you trust it; or the server leaves out a certificate between them"
                : "--tls-ca FILE names the issuer, if you trust it"
        case 62, 64: return "--tls-name NAME says which name is meant"
        default: return nil
        }
    }

    private var pinText: String { own?.pin.description ?? "SHA256" }

    private var nameList: String {
        guard let own else { return "nobody" }
        if own.names.isEmpty {
            return "nobody: it has no subjectAltName, and its subject, \(own.shortSubject), does not count"
        }
        let names = own.names.prefix(6).joined(separator: ", ")
        return own.names.count > 6 ? "\(names) and \(own.names.count - 6) more" : names
    }

    /// The one of the chain that is out of its time.
    private var outOfTime: CertificateFacts? {
        let now = Int(Timestamp.now.seconds)
        let facts = unsafe chain.map { unsafe library.facts(of: $0) }
        return facts.first { now < $0.notBefore || now > $0.notAfter } ?? facts.first
    }

    private var expiry: String {
        guard let outOfTime else { return "nobody knows which" }
        let days = (Int(Timestamp.now.seconds) - outOfTime.notAfter) / 86400
        let when = days == 0 ? "today" : days == 1 ? "yesterday" : "\(days) days ago"
        return "that of \(outOfTime.shortSubject) ended \(when), \(outOfTime.end)"
    }

    private var beginning: String {
        guard let outOfTime else { return "nobody knows which" }
        return "that of \(outOfTime.shortSubject) begins \(outOfTime.beginning)"
    }
}

extension TLSLibrary {
    /// The elements of one of the library's lists, which keeps them.
    func elements(of list: OpaquePointer?) -> [OpaquePointer] {
        guard let list = unsafe list else { return unsafe [] }
        return unsafe (0..<max(0, functions.OPENSSL_sk_num(list))).compactMap { index in
            unsafe functions.OPENSSL_sk_value(list, index).map { OpaquePointer($0) }
        }
    }

    func verifyText(_ code: Int) -> String {
        guard let text = unsafe functions.X509_verify_cert_error_string(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
