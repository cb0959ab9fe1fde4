/// What went wrong, in words, from what the library says of it.
struct TLSErrorStory {
    let errors: [TLSLibraryError]
    /// The socket was at its end.
    let hasEnded: Bool
    let isEstablished: Bool
    let isClient: Bool
    /// What came first, to see whether it was TLS at all.
    let firstBytes: [UInt8]

    private var reason: Int? { errors.first?.reason }
    private var them: String { isClient ? "server" : "client" }

    /// It is about the other side's certificate: what is wrong with that, the session knows.
    var isAboutTrust: Bool {
        errors.contains { $0.reason == TLSNumber.Reason.certificateVerifyFailed }
            && reason.map { $0 < TLSNumber.Reason.alerts } ?? false
    }

    var failure: TLSFailure {
        if let plain = plainText { return plain }
        if let reason, reason > TLSNumber.Reason.alerts, reason < TLSNumber.Reason.alerts + 256 {
            return alert(reason - TLSNumber.Reason.alerts)
        }
        if hasEnded || reason == TLSNumber.Reason.unexpectedEnd { return end }
        if isEstablished {
            let what = errors.first?.text ?? "nobody knows what"
            return TLSFailure(.cutOff, "what came is damaged (\(what)): what came before it may not be all")
        }
        switch reason {
        case TLSNumber.Reason.unsupportedProtocol, TLSNumber.Reason.versionTooLow, TLSNumber.Reason.wrongVersion:
            return TLSFailure(
                .refused, "the \(them) speaks no version of TLS that is allowed here",
                hint: "--tls-min and --tls-max say which; 1.2 and 1.3 are what there is")
        case TLSNumber.Reason.noSharedCipher:
            return TLSFailure(
                .refused, "the \(them) offers no cipher that is allowed here", hint: "--tls-ciphers says which are")
        case TLSNumber.Reason.noCertificateFromPeer:
            return TLSFailure(.untrusted, "the \(them) gave no certificate", hint: "--tls-verify-client asks for one")
        case TLSNumber.Reason.noProtocols:
            return TLSFailure(.invalid, "'--tls-min', '--tls-max' and '--tls-ciphers' leave no version")
        default:
            return TLSFailure(.refused, "the handshake failed (\(errors.first?.text ?? "no reason was given"))")
        }
    }

    private var end: TLSFailure {
        if isEstablished {
            return TLSFailure(
                .cutOff, "the connection ended without TLS's own end (close_notify): what came may not be all",
                hint: "a peer that ends well sends close_notify before it closes")
        }
        return firstBytes.isEmpty
            ? TLSFailure(
                .cutOff, "the \(them) ended the connection before it said anything",
                hint: isClient ? "does it speak TLS on this port? Some servers want --starttls first" : nil)
            : TLSFailure(.cutOff, "the \(them) ended the connection in the middle of the handshake")
    }

    // MARK: - Something that is no TLS

    /// A record begins with its type, 20 to 24, and then 3.
    private var plainText: TLSFailure? {
        // Of datagrams it is 254.
        guard !isEstablished, let first = firstBytes.first,
            !(20...24).contains(first) || firstBytes.count > 1 && ![3, 254].contains(firstBytes[1])
        else {
            return nil
        }
        let text = firstLine
        guard isClient else {
            return TLSFailure(
                .refused, "the client speaks no TLS\(text.map { ": it said \"\($0)\"" } ?? "")",
                isPlainText: text != nil)
        }
        return TLSFailure(
            .refused, "plain text is spoken there, and no TLS\(text.map { ": the server said \"\($0)\"" } ?? "")",
            hint: starter.map { "try: --starttls \($0)" }
                ?? "without --tls, or with http:// in place of https://, nothing is hidden")
    }

    /// What was said, as far as it is text.
    private var firstLine: String? {
        let line = firstBytes.prefix { $0 != 10 && $0 != 13 }
        guard line.count >= 2, line.allSatisfy({ (32..<127).contains($0) }) else { return nil }
        return String(decoding: line.prefix(60), as: UTF8.self)
    }

    private var starter: String? {
        guard let line = firstLine else { return nil }
        if line.hasPrefix("220") { return line.contains("FTP") || line.contains("ftp") ? "ftp" : "smtp" }
        if line.hasPrefix("* OK") { return "imap" }
        return line.hasPrefix("+OK") ? "pop3" : nil
    }

    // MARK: - What the other side says of it

    /// An alert (RFC 8446 section 6).
    private func alert(_ number: Int) -> TLSFailure {
        let what = Self.alerts[number]
        let said = "the \(them) refuses: \(what?.text ?? "alert \(number)")"
        switch number {
        case 42, 43, 44, 45, 46, 48, 49, 51:
            return TLSFailure(
                .refused, said,
                hint: isClient
                    ? nil
                    : "the client does not trust this certificate: --tls-ca, --tls-pin or --tls-insecure of its own tells it to"
            )
        case 40, 47, 70, 71, 86, 109, 112, 116, 120:
            return TLSFailure(.refused, said, hint: isClient ? what?.hint : nil)
        default: return TLSFailure(.refused, said)
        }
    }

    /// `unknown_ca`: what stands in brackets in the texts below.
    static func nameOfAlert(_ number: Int) -> String? {
        alerts[number]?.text.split(separator: "(").last?.split(separator: ")").first.map(String.init)
    }

    private static let alerts: [Int: (text: String, hint: String?)] = [
        10: ("a message came that it did not expect (unexpected_message)", nil),
        20: ("a record was damaged (bad_record_mac)", nil),
        22: ("a record was too long (record_overflow)", nil),
        40: (
            "it found no way to speak with us (handshake_failure)",
            "it may want a client certificate (--tls-cert), or another cipher or version"
        ),
        42: ("it does not take the certificate: its name, its dates or its form (bad_certificate)", nil),
        43: ("the certificate is of a kind it does not take (unsupported_certificate)", nil),
        44: ("the certificate was revoked (certificate_revoked)", nil),
        45: ("the certificate has expired (certificate_expired)", nil),
        46: ("it does not take the certificate (certificate_unknown)", nil),
        47: ("a message of the handshake makes no sense to it (illegal_parameter)", nil),
        48: ("it does not know who issued the certificate (unknown_ca)", nil),
        49: ("access is denied (access_denied)", nil),
        50: ("a message could not be read (decode_error)", nil),
        51: ("a signature or a key is wrong (decrypt_error)", nil),
        70: (
            "no version of TLS that is allowed here (protocol_version)",
            "--tls-min and --tls-max say which versions are"
        ),
        71: ("its rules ask for more security (insufficient_security)", "--tls-ciphers may be too weak"),
        80: ("something in it went wrong (internal_error)", nil),
        86: ("an older version than it takes (inappropriate_fallback)", nil),
        90: ("it was told to stop (user_canceled)", nil),
        109: ("an extension is missing (missing_extension)", nil),
        110: ("an extension it does not know (unsupported_extension)", nil),
        112: ("it has no certificate for that name (unrecognized_name)", "--tls-name says which name is asked for"),
        116: ("a client certificate is wanted (certificate_required)", "give one: --tls-cert FILE --tls-key FILE"),
        120: (
            "no protocol of --tls-alpn that it speaks (no_application_protocol)",
            "leave out --tls-alpn, or name another"
        ),
    ]
}
