/// What is to be known of a certificate.
public struct CertificateFacts: Sendable, Hashable {
    public let subject: String
    public let issuer: String
    /// Whom it is for: names and addresses, as they stand in it.
    public let names: [String]
    /// Since 1970, in seconds.
    public let notBefore: Int
    public let notAfter: Int
    /// Whole days until it ends, or since it did, which is negative: the day itself is 0 before and after.
    public let daysLeft: Int
    public let pin: CertificatePin

    /// Its beginning and end as ISO 8601 has them: `2026-11-29T06:31:36Z`.
    public var beginning: String { Timestamp(seconds: Int64(notBefore)).utcSecond }
    public var hasEnded: Bool { notAfter < Int(Timestamp.now.seconds) }
    public var end: String { Timestamp(seconds: Int64(notAfter)).utcSecond }

    /// The common name, where there is one, else all of the subject.
    public var shortSubject: String { Self.short(subject) }
    public var shortIssuer: String { Self.short(issuer) }

    private static func short(_ name: String) -> String {
        let parts = name.split(separator: ", ", omittingEmptySubsequences: false)
        guard let common = parts.first(where: { $0.hasPrefix("CN=") }) else { return name }
        return String(common.dropFirst(3))
    }
}

extension TLSLibrary {
    /// Reads a certificate, which stays its owner's.
    func facts(of certificate: OpaquePointer) -> CertificateFacts {
        let now = Int(Timestamp.now.seconds)
        let after = unsafe seconds(from: nil, to: functions.X509_get0_notAfter(certificate))
        let before = unsafe seconds(from: nil, to: functions.X509_get0_notBefore(certificate))
        return unsafe CertificateFacts(
            subject: text(of: functions.X509_get_subject_name(certificate)),
            issuer: text(of: functions.X509_get_issuer_name(certificate)), names: names(of: certificate),
            notBefore: now + before, notAfter: now + after,
            daysLeft: after / 86400, pin: pin(of: certificate))
    }

    func pin(of certificate: OpaquePointer) -> CertificatePin {
        var digest = [UInt8](repeating: 0, count: 64)
        var count: UInt32 = 0
        _ = unsafe functions.X509_digest(certificate, functions.EVP_sha256(), &digest, &count)
        return CertificatePin(bytes: Array(digest.prefix(Int(count))))
    }

    private func seconds(from: OpaquePointer?, to: OpaquePointer?) -> Int {
        var (days, seconds): (Int32, Int32) = (0, 0)
        guard unsafe functions.ASN1_TIME_diff(&days, &seconds, from, to) == 1 else { return 0 }
        return Int(days) * 86400 + Int(seconds)
    }

    /// A name as RFC 2253 writes it, but from its most particular part on, with the bytes of UTF-8 as they are and control
    /// characters escaped.
    private func text(of name: OpaquePointer?) -> String {
        // ASN1_STRFLGS_ESC_2253, ESC_CTRL, UTF8_CONVERT, DUMP_UNKNOWN, DUMP_DER; XN_FLAG_SEP_CPLUS_SPC, DN_REV.
        let flags: UInt = 0x313 | 0x2_0000 | 0x10_0000
        guard let memory = unsafe functions.BIO_new(functions.BIO_s_mem()) else { return "" }
        defer { _ = unsafe functions.BIO_free(memory) }
        guard unsafe functions.X509_NAME_print_ex(memory, name, 0, flags) >= 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { room in
            unsafe functions.BIO_read(memory, room.baseAddress, Int32(room.count))
        }
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }

    private func address(_ bytes: [UInt8]) -> String? {
        switch bytes.count {
        case 4: IPAddress(v4: bytes[0], bytes[1], bytes[2], bytes[3]).description
        case 16: IPAddress(v6Bits: bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }).description
        default: nil
        }
    }

    /// The names of the extension for them: DNS names, addresses, and what else people write there.
    private func names(of certificate: OpaquePointer) -> [String] {
        guard
            let list = unsafe functions.X509_get_ext_d2i(certificate, TLSNumber.subjectAlternativeName, nil, nil)
        else { return [] }
        let names = OpaquePointer(list)
        defer { unsafe functions.GENERAL_NAMES_free(names) }
        return unsafe (0..<max(0, functions.OPENSSL_sk_num(names))).compactMap { index in
            guard let entry = unsafe functions.OPENSSL_sk_value(names, index) else { return nil }
            return unsafe name(OpaquePointer(entry))
        }
    }

    private func name(_ entry: OpaquePointer) -> String? {
        var kind: Int32 = 0
        guard let value = unsafe functions.GENERAL_NAME_get0_value(entry, &kind) else { return nil }
        // GEN_EMAIL, GEN_DNS, GEN_URI, GEN_IPADD.
        guard [1, 2, 6, 7].contains(kind) else { return nil }
        let string = OpaquePointer(value)
        let length = unsafe Int(functions.ASN1_STRING_length(string))
        guard let data = unsafe functions.ASN1_STRING_get0_data(string) else { return nil }
        let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: length))
        if kind == 7 { return address(bytes) }
        // A name may hold anything: what is no printable ASCII is shown as what it is.
        return bytes.map { byte in
            (33..<127).contains(byte)
                ? String(UnicodeScalar(byte)) : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
