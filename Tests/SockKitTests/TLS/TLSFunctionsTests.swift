import Testing

@testable import SockKit

/// The library's functions and numbers are written down here once more, without its headers: whether they are right, the
/// headers say where they are.
@Suite struct TLSFunctionsTests {
    @Test(.enabled(if: Headers.areThere, Headers.absence))
    func `every function has the type that the library's headers give it`() async throws {
        let functions = Mirror(reflecting: try TLSLibrary.shared().functions).children.compactMap { child in
            child.label.map { ($0, "\(type(of: child.value))") }
        }
        #expect(functions.count > 100)
        let checks = try functions.map { name, type in
            "static_assert(same(signature(&\(name)), \"\(try #require(CType.signature(of: type), "\(name): \(type)"))\"), \"\(name)\");"
        }
        let complaints = try await Headers.complaints(about: checks)
        #expect(complaints == "")
    }

    @Test(.enabled(if: Headers.areThere, Headers.absence))
    func `every number is that of the library's headers`() async throws {
        let checks = Self.numbers.map { name, value in "static_assert(\(name) == \(value), \"\(name)\");" }
        let complaints = try await Headers.complaints(about: checks)
        #expect(complaints == "")
    }

    @Test(.enabled(if: Headers.areThere, Headers.absence))
    func `a wrong type and a wrong number are found`() async throws {
        let complaints = try await Headers.complaints(about: [
            "static_assert(same(signature(&SSL_new), \"i(p)\"), \"a wrong type\");",
            "static_assert(SSL_CTRL_MODE == 34, \"a wrong number\");",
        ])
        #expect(complaints.contains("a wrong type") && complaints.contains("a wrong number"))
    }

    private static let numbers: [(String, Int)] = [
        ("SSL_CTRL_MODE", Int(TLSNumber.Control.setMode)),
        ("SSL_CTRL_SET_SESS_CACHE_MODE", Int(TLSNumber.Control.setSessionCache)),
        ("SSL_CTRL_SET_TLSEXT_SERVERNAME_CB", Int(TLSNumber.Control.setServerNameCallback)),
        ("SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG", Int(TLSNumber.Control.setServerNameArgument)),
        ("SSL_CTRL_SET_TLSEXT_HOSTNAME", Int(TLSNumber.Control.setServerName)),
        ("SSL_CTRL_SET_MIN_PROTO_VERSION", Int(TLSNumber.Control.setMinimum)),
        ("SSL_CTRL_SET_MAX_PROTO_VERSION", Int(TLSNumber.Control.setMaximum)),
        ("SSL_CTRL_GET_NEGOTIATED_GROUP", Int(TLSNumber.Control.getGroup)),
        (
            "(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS)",
            TLSNumber.modes
        ),
        ("TLS1_2_VERSION", TLSNumber.version12), ("TLS1_3_VERSION", TLSNumber.version13),
        ("SSL_OP_NO_RENEGOTIATION", Int(TLSNumber.noRenegotiation)),
        ("SSL_SESS_CACHE_CLIENT", TLSNumber.clientCache), ("SSL_SESS_CACHE_NO_INTERNAL", TLSNumber.noInternalCache),
        ("SSL_VERIFY_PEER", Int(TLSNumber.verifyPeer)),
        ("SSL_VERIFY_FAIL_IF_NO_PEER_CERT", Int(TLSNumber.failWithoutCertificate)),
        ("SSL_ERROR_SSL", Int(TLSNumber.Outcome.protocolError)),
        ("SSL_ERROR_WANT_READ", Int(TLSNumber.Outcome.wantsRead)),
        ("SSL_ERROR_WANT_WRITE", Int(TLSNumber.Outcome.wantsWrite)),
        ("SSL_ERROR_SYSCALL", Int(TLSNumber.Outcome.system)),
        ("SSL_ERROR_ZERO_RETURN", Int(TLSNumber.Outcome.ended)),
        ("BIO_CTRL_EOF", Int(TLSNumber.Question.end)), ("BIO_CTRL_FLUSH", Int(TLSNumber.Question.flush)),
        ("(BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)", Int(TLSNumber.retryRead)),
        ("(BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY)", Int(TLSNumber.retryAll)),
        ("BIO_TYPE_SOURCE_SINK", Int(TLSNumber.sourceSink)),
        ("SSL_R_UNEXPECTED_EOF_WHILE_READING", TLSNumber.Reason.unexpectedEnd),
        ("SSL_R_WRONG_VERSION_NUMBER", TLSNumber.Reason.wrongVersion),
        ("SSL_R_CERTIFICATE_VERIFY_FAILED", TLSNumber.Reason.certificateVerifyFailed),
        ("SSL_R_UNSUPPORTED_PROTOCOL", TLSNumber.Reason.unsupportedProtocol),
        ("SSL_R_NO_SHARED_CIPHER", TLSNumber.Reason.noSharedCipher),
        ("SSL_R_VERSION_TOO_LOW", TLSNumber.Reason.versionTooLow),
        ("SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE", TLSNumber.Reason.noCertificateFromPeer),
        ("SSL_R_NO_PROTOCOLS_AVAILABLE", TLSNumber.Reason.noProtocols),
        ("SSL_AD_REASON_OFFSET", TLSNumber.Reason.alerts),
        ("NID_subject_alt_name", Int(TLSNumber.subjectAlternativeName)),
        ("SSL_FILETYPE_PEM", Int(TLSNumber.pem)),
        ("X509_V_ERR_CERT_HAS_EXPIRED", 10), ("X509_V_ERR_CERT_NOT_YET_VALID", 9),
        ("X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT", 18), ("X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN", 19),
        ("X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", 20), ("X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE", 21),
        ("X509_V_ERR_CERT_REVOKED", 23), ("X509_V_ERR_UNABLE_TO_GET_CRL", 3), ("X509_V_ERR_CRL_HAS_EXPIRED", 12),
        ("X509_V_ERR_HOSTNAME_MISMATCH", 62), ("X509_V_ERR_IP_ADDRESS_MISMATCH", 64),
        ("X509_V_ERR_EE_KEY_TOO_SMALL", 66), ("X509_V_ERR_CA_KEY_TOO_SMALL", 67), ("X509_V_ERR_CA_MD_TOO_WEAK", 68),
        ("X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS", 4), ("X509_V_FLAG_CRL_CHECK", 4),
        ("EVP_PKEY_EC", 408), ("NID_X9_62_prime256v1", 415), ("EVP_PKEY_CTRL_EC_PARAMGEN_CURVE_NID", 0x1001),
        ("(EVP_PKEY_OP_PARAMGEN | EVP_PKEY_OP_KEYGEN)", 6), ("MBSTRING_UTF8", 0x1000),
        ("NID_basic_constraints", 87), ("NID_key_usage", 83), ("NID_ext_key_usage", 126),
        ("X509_R_KEY_VALUES_MISMATCH", 116), ("X509_R_KEY_TYPE_MISMATCH", 115), ("PEM_R_NO_START_LINE", 108),
    ]
}

/// What a Swift type of a C function is to C: a letter for each value. Sizes count in Swift as `Int`, whatever their sign.
private enum CType {
    /// `i(pp)` of `@convention(c) (Optional<OpaquePointer>, Optional<OpaquePointer>) -> Int32`.
    static func signature(of type: String) -> String? {
        var text = type[...]
        if text.hasPrefix("Optional<") { text = text.dropFirst("Optional<".count).dropLast() }
        if text.hasPrefix("@convention(c) ") { text = text.dropFirst("@convention(c) ".count) }
        guard text.first == "(", let end = closing(text) else { return nil }
        let parameters = split(text[text.index(after: text.startIndex)..<end]).map(letter)
        guard let arrow = text[end...].firstRange(of: "-> ") else { return nil }
        guard let result = letter(text[arrow.upperBound...]), !parameters.contains(nil) else { return nil }
        return result + "(" + parameters.compactMap { $0 }.joined() + ")"
    }

    private static func letter(_ type: Substring) -> String? {
        if type == "()" || type == "Void" { return "v" }
        if type.hasPrefix("Optional<") { return "p" }
        return ["Int32": "i", "UInt32": "u", "Int": "l", "Int64": "l", "UInt": "l", "UInt64": "l"][type]
    }

    /// Where the parenthesis closes that the text begins with.
    private static func closing(_ text: Substring) -> Substring.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "(" { depth += 1 }
            if text[index] == ")" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }

    /// The parts between the outermost commas.
    private static func split(_ list: Substring) -> [Substring] {
        var (parts, depth, start): ([Substring], Int, Substring.Index) = ([], 0, list.startIndex)
        var before: Character = " "
        for index in list.indices {
            let character = list[index]
            if "(<".contains(character) { depth += 1 }
            if character == ")" || character == ">" && before != "-" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(list[start..<index])
                start = list.index(after: index)
            }
            before = character
        }
        parts.append(list[start...])
        return parts.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
    }
}

/// The library's headers, and a compiler that reads them.
private enum Headers {
    static let absence: Comment = "libssl-dev or g++ is missing: apt-get install libssl-dev g++"

    static let areThere: Bool =
        Shell.has("g++") && (try? FileCalls.identity(ofPath: "/usr/include/openssl/ssl.h")) != nil

    /// What the compiler has against these; nothing where all of them hold.
    static func complaints(about checks: [String]) async throws -> String {
        let outcome = try await Shell.run(
            "g++", ["-std=c++17", "-fsyntax-only", "-Wno-deprecated-declarations", "-x", "c++", "-"],
            input: (preamble + checks).joined(separator: "\n") + "\n")
        return outcome.status == 0 ? "" : outcome.output
    }

    private static let preamble = [
        "#include <openssl/ssl.h>", "#include <openssl/err.h>", "#include <openssl/x509v3.h>",
        "#include <openssl/x509err.h>", "#include <openssl/pemerr.h>", "#include <openssl/ec.h>",
        "#include <type_traits>",
        "template <class T> constexpr char kind() {",
        "  if (std::is_void<T>::value) return 'v';",
        "  if (std::is_pointer<T>::value) return 'p';",
        "  if (std::is_void<T>::value || !std::is_integral<T>::value) return '?';",
        "  return width<T>();", "}",
        "struct Text { char letters[24]; };",
        "template <class R, class... A> constexpr Text signature(R (*)(A...)) {",
        "  return Text{{kind<R>(), '(', kind<A>()..., ')', 0}};", "}",
        "constexpr bool same(Text text, const char *other) {",
        "  for (int i = 0; i < 24; i++) {",
        "    if (text.letters[i] != other[i]) return false;",
        "    if (!other[i]) return true;", "  }", "  return true;", "}",
    ].flatMap { line -> [String] in
        guard line.hasPrefix("template <class T> constexpr char kind()") else { return [line] }
        return [
            "template <class T> constexpr char width() {",
            "  if constexpr (std::is_void<T>::value || std::is_pointer<T>::value) return '?';",
            "  else if (sizeof(T) == 4) return std::is_signed<T>::value ? 'i' : 'u';",
            "  else if (sizeof(T) == 8) return 'l';",
            "  return '?';", "}", line,
        ]
    }
}
