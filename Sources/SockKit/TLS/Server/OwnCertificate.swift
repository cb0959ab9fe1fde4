/// A certificate that a server makes for itself where it was given none: for a week, and for nobody who does not know its
/// pin.
@Netpoller
struct OwnCertificate {
    /// As long as a demonstration lasts: whoever wants more gives one.
    private static let days = 7

    /// Makes a key on P-256 and a certificate for these names and addresses, and has the context use both.
    static func install(in context: TLSContext, names: [String], addresses: [IPAddress]) throws(TLSFailure) {
        let functions = context.library.functions
        functions.ERR_clear_error()
        guard let key = unsafe makeKey(functions) else { throw TLSFailure(.unavailable, context.library.takeReason()) }
        defer { unsafe functions.EVP_PKEY_free(key) }
        guard let certificate = unsafe functions.X509_new() else {
            throw TLSFailure(.unavailable, context.library.takeReason())
        }
        defer { unsafe functions.X509_free(certificate) }
        let isMade =
            unsafe fill(functions, certificate, names.first ?? "localhost")
            && functions.X509_set_pubkey(certificate, key) == 1
            && extend(functions, certificate, names, addresses)
            && functions.X509_sign(certificate, key, functions.EVP_sha256()) > 0
            && functions.SSL_CTX_use_certificate(context.handle, certificate) == 1
            && functions.SSL_CTX_use_PrivateKey(context.handle, key) == 1
        if !isMade { throw TLSFailure(.unavailable, "no certificate could be made: \(context.library.takeReason())") }
    }

    private static func makeKey(_ functions: TLSFunctions) -> OpaquePointer? {
        let (curveKeys, setCurve, generation, p256): (Int32, Int32, Int32, Int32) = (408, 0x1001, 6, 415)
        guard let maker = unsafe functions.EVP_PKEY_CTX_new_id(curveKeys, nil) else { return nil }
        defer { unsafe functions.EVP_PKEY_CTX_free(maker) }
        guard unsafe functions.EVP_PKEY_keygen_init(maker) == 1,
            unsafe functions.EVP_PKEY_CTX_ctrl(maker, curveKeys, generation, setCurve, p256, nil) == 1
        else { return nil }
        var key: OpaquePointer?
        return unsafe functions.EVP_PKEY_keygen(maker, &key) == 1 ? key : nil
    }

    private static func fill(_ functions: TLSFunctions, _ certificate: OpaquePointer, _ name: String) -> Bool {
        // Never the same twice: clients refuse two certificates of one issuer with one number.
        let serial = UInt64.random(in: 1...UInt64(Int64.max))
        let (text, hour) = (Array(name.utf8.prefix(64)), 3600)
        let subject = unsafe functions.X509_get_subject_name(certificate)
        guard unsafe functions.X509_set_version(certificate, 2) == 1,
            unsafe functions.ASN1_INTEGER_set_uint64(functions.X509_get_serialNumber(certificate), serial) == 1,
            // The clock of the other side may be behind.
            unsafe functions.X509_gmtime_adj(functions.X509_getm_notBefore(certificate), -hour) != nil,
            unsafe functions.X509_gmtime_adj(functions.X509_getm_notAfter(certificate), days * 24 * hour) != nil
        else { return false }
        // MBSTRING_UTF8.
        return unsafe functions.X509_NAME_add_entry_by_txt(subject, "CN", 0x1000, text, Int32(text.count), -1, 0) == 1
            && functions.X509_set_issuer_name(certificate, subject) == 1
    }

    private static func extend(
        _ functions: TLSFunctions, _ certificate: OpaquePointer, _ names: [String], _ addresses: [IPAddress]
    ) -> Bool {
        let alternatives = names.map { "DNS:\($0)" } + addresses.map { "IP:\($0.withoutZone)" }
        // subjectAltName, basicConstraints, keyUsage, extendedKeyUsage.
        let extensions: [(Int32, String)] = [
            (85, alternatives.joined(separator: ",")), (87, "critical,CA:FALSE"), (83, "critical,digitalSignature"),
            (126, "serverAuth"),
        ]
        return extensions.allSatisfy { number, value in
            guard let made = unsafe functions.X509V3_EXT_conf_nid(nil, nil, number, value) else { return false }
            defer { unsafe functions.X509_EXTENSION_free(made) }
            return unsafe functions.X509_add_ext(certificate, made, -1) == 1
        }
    }
}

extension IPAddress {
    fileprivate var withoutZone: IPAddress { family == .v4 ? self : IPAddress(v6Bits: v6Bits) }
}
