/// What all sessions of one side have in common: versions, ciphers, certificates, who is trusted.
@Netpoller @safe
final class TLSContext {
    let library: TLSLibrary
    let handle: OpaquePointer
    let rules: TLSRules
    let keyLog: TLSKeyLog?
    /// Datagrams are spoken with, and not streams.
    let keepsMessages: Bool
    /// What a function that the library calls has the address of, for as long as any session is of this context.
    var companion: AnyObject?
    /// The protocols as the library takes them; it keeps the address.
    private let protocols: ProtocolList
    /// What opens the keys; the library keeps the address.
    private let password: Password

    init(_ rules: TLSRules, isClient: Bool, keepsMessages: Bool) throws(TLSFailure) {
        library = try TLSLibrary.shared()
        self.rules = rules
        let functions = library.functions
        functions.ERR_clear_error()
        self.keepsMessages = keepsMessages
        guard !keepsMessages || rules.minimum == .v12 else {
            throw TLSFailure(.invalid, "'--tls-min 1.3': of TLS for datagrams there is version 1.2 alone")
        }
        let method =
            switch (isClient, keepsMessages) {
            case (true, false): unsafe functions.TLS_client_method()
            case (false, false): unsafe functions.TLS_server_method()
            case (true, true): unsafe functions.DTLS_client_method()
            case (false, true): unsafe functions.DTLS_server_method()
            }
        guard let handle = unsafe functions.SSL_CTX_new(method) else {
            throw TLSFailure(.unavailable, library.takeReason())
        }
        unsafe self.handle = unsafe handle
        keyLog = try TLSKeyLog.open(rules)
        protocols = ProtocolList(rules.protocols)
        password = try Password(rules.passwordFile)
        try applyBasics()
        try setProtocols(isClient: isClient)
        try setRevocations()
    }

    isolated deinit {
        unsafe library.functions.SSL_CTX_free(handle)
    }

    // MARK: - What both sides have

    private func applyBasics() throws(TLSFailure) {
        let functions = library.functions
        _ = unsafe functions.SSL_CTX_ctrl(handle, TLSNumber.Control.setMode, TLSNumber.modes, nil)
        _ = unsafe functions.SSL_CTX_set_options(handle, TLSNumber.noRenegotiation)
        let (minimum, maximum) =
            keepsMessages
            ? (TLSNumber.datagramVersion, TLSNumber.datagramVersion) : (rules.minimum.number, rules.maximum.number)
        if keepsMessages { _ = unsafe functions.SSL_CTX_set_options(handle, TLSNumber.noMTUQuery) }
        _ = unsafe functions.SSL_CTX_ctrl(handle, TLSNumber.Control.setMinimum, minimum, nil)
        _ = unsafe functions.SSL_CTX_ctrl(handle, TLSNumber.Control.setMaximum, maximum, nil)
        if let ciphers = rules.ciphers { try setCiphers(ciphers) }
        if keyLog != nil { unsafe functions.SSL_CTX_set_keylog_callback(handle, TLSKeyLog.callback) }
        unsafe functions.SSL_CTX_set_default_passwd_cb(handle, Password.callback)
        unsafe functions.SSL_CTX_set_default_passwd_cb_userdata(
            handle, Unmanaged.passUnretained(password).toOpaque())
    }

    /// The names of 1.3 and those of 1.2 go to two functions; a list may have both.
    private func setCiphers(_ list: String) throws(TLSFailure) {
        let names = list.split(separator: ":").map(String.init)
        let (new, old) = (names.filter { $0.hasPrefix("TLS_") }, names.filter { !$0.hasPrefix("TLS_") })
        let functions = library.functions
        let isTaken =
            unsafe (new.isEmpty || functions.SSL_CTX_set_ciphersuites(handle, new.joined(separator: ":")) == 1)
            && (old.isEmpty || functions.SSL_CTX_set_cipher_list(handle, old.joined(separator: ":")) == 1)
        guard isTaken, !names.isEmpty else {
            throw TLSFailure(
                .invalid, "'--tls-ciphers \(list)' names no cipher that the library knows",
                hint: "look at: openssl ciphers -v ALL")
        }
        guard !keepsMessages else {
            if !old.isEmpty { return }
            throw TLSFailure(.invalid, "'--tls-ciphers \(list)' names ciphers of TLS 1.3, and datagrams have 1.2 alone")
        }
        if (old.isEmpty && rules.maximum == .v12) || (new.isEmpty && rules.minimum == .v13) {
            let (named, allowed) = old.isEmpty ? ("1.3", "--tls-max 1.2") : ("1.2", "--tls-min 1.3")
            throw TLSFailure(
                .invalid, "'--tls-ciphers \(list)' names ciphers of TLS \(named), and '\(allowed)' forbids it")
        }
        // A list of one kind leaves nothing of the other: what was not named is not to be spoken.
        if old.isEmpty {
            _ = unsafe functions.SSL_CTX_ctrl(handle, TLSNumber.Control.setMinimum, TLSNumber.version13, nil)
        }
        if new.isEmpty {
            _ = unsafe functions.SSL_CTX_ctrl(handle, TLSNumber.Control.setMaximum, TLSNumber.version12, nil)
        }
    }

    private func setProtocols(isClient: Bool) throws(TLSFailure) {
        guard !rules.protocols.isEmpty else { return }
        if isClient {
            unsafe protocols.wire.withUnsafeBufferPointer { bytes in
                _ = unsafe library.functions.SSL_CTX_set_alpn_protos(handle, bytes.baseAddress, UInt32(bytes.count))
            }
        } else {
            unsafe library.functions.SSL_CTX_set_alpn_select_cb(
                handle, ProtocolList.choose, Unmanaged.passUnretained(protocols).toOpaque())
        }
    }

    // MARK: - Who is trusted

    /// Takes the roots that were named, or the system's.
    func setAuthorities() throws(TLSFailure) {
        if rules.authorities.isEmpty { return setSystemAuthorities() }
        for path in rules.authorities {
            // Behind a link as well: the dot stands in the folder itself. To open it would disturb a pipe.
            let itself = ByteString(bytes: path.bytes + Array("/.".utf8))
            let isFolder = (try? FileCalls.identity(ofPath: itself))?.kind == .directory
            if isFolder, !Self.isHashed(path.description) {
                throw TLSFailure(
                    .configuration, "\(path): no certificate in it has a name by its hash",
                    hint: "openssl rehash \(path)")
            }
            let isRead = unsafe path.withCString { text in
                unsafe library.functions.SSL_CTX_load_verify_locations(
                    handle, isFolder ? nil : text, isFolder ? text : nil) == 1
            }
            guard isRead else { throw unreadable(path, "certificate") }
        }
    }

    /// What names other roots of the system's.
    nonisolated static let rootVariables = ["SSL_CERT_FILE", "SSL_CERT_DIR"]

    /// A folder of roots by the hash of their names is looked at when one is needed; the whole list would cost each start
    /// 24 ms.
    private func setSystemAuthorities() {
        let functions = library.functions
        let isChosen = Self.rootVariables.contains { ProcessCalls.environment($0) != nil }
        if !isChosen, let folder = unsafe functions.X509_get_default_cert_dir().map({ unsafe String(cString: $0) }) {
            for place in [folder, "/etc/ssl/certs"] where Self.isHashed(place) {
                if unsafe functions.SSL_CTX_load_verify_locations(handle, nil, place) == 1 { return }
            }
        }
        _ = unsafe functions.SSL_CTX_set_default_verify_paths(handle)
    }

    /// Whether a folder has certificates under the names that `openssl rehash` gives: eight digits, a dot and a number.
    private static func isHashed(_ folder: String) -> Bool {
        guard let opened = try? FileCalls.open(ByteString(folder), for: .read) else { return false }
        while let names = (try? FolderCalls.nextNames(in: opened.rawValue)) ?? nil {
            if names.contains(where: isHash) { return true }
        }
        return false
    }

    private static func isHash(_ name: [UInt8]) -> Bool {
        guard name.count >= 10, name[8] == UInt8(ascii: ".") else { return false }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "f")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return name[..<8].allSatisfy { digits.contains($0) || letters.contains($0) }
            && name[9...].allSatisfy(digits.contains)
    }

    private func setRevocations() throws(TLSFailure) {
        guard let path = rules.revocations else { return }
        let functions = library.functions
        let store = unsafe functions.SSL_CTX_get_cert_store(handle)
        let lookup = unsafe functions.X509_STORE_add_lookup(store, functions.X509_LOOKUP_file())
        let count = unsafe path.withCString { unsafe functions.X509_load_crl_file(lookup, $0, TLSNumber.pem) }
        guard count > 0 else { throw unreadable(path, "list of revoked certificates") }
        _ = unsafe functions.X509_STORE_set_flags(store, 0x4)  // X509_V_FLAG_CRL_CHECK: of the certificate itself.
    }

    // MARK: - Who this side is

    func use(_ identity: TLSRules.Identity) throws(TLSFailure) {
        let functions = library.functions
        functions.ERR_clear_error()
        let hasCertificate = unsafe identity.certificate.withCString { text in
            unsafe functions.SSL_CTX_use_certificate_chain_file(handle, text) == 1
        }
        guard hasCertificate else { throw unreadable(identity.certificate, "certificate") }
        let hasKey = unsafe identity.key.withCString { text in
            unsafe functions.SSL_CTX_use_PrivateKey_file(handle, text, TLSNumber.pem) == 1
        }
        guard hasKey else { throw password.wasAsked ? lockedKey(identity.key) : wrongKey(identity) }
        guard unsafe functions.SSL_CTX_check_private_key(handle) == 1 else { throw wrongKey(identity) }
    }

    private static let key = "private key"

    private func lockedKey(_ path: ByteString) -> TLSFailure {
        library.functions.ERR_clear_error()
        let name = rules.name(of: path)
        return password.isThere
            ? TLSFailure(.configuration, "\(name): the password of --tls-password-file does not open it")
            : TLSFailure(.configuration, "\(name): the key has a password", hint: "--tls-password-file FILE opens it")
    }

    private func wrongKey(_ identity: TLSRules.Identity) -> TLSFailure {
        let errors = library.takeErrors()
        // X509_R_KEY_VALUES_MISMATCH, X509_R_KEY_TYPE_MISMATCH.
        if errors.contains(where: { [115, 116].contains($0.reason) }) {
            let whose =
                identity.key == identity.certificate
                ? "the certificate in it" : "\(rules.name(of: identity.certificate))"
            return TLSFailure(.configuration, "\(rules.name(of: identity.key)): the key is not that of \(whose)")
        }
        return unreadable(identity.key, Self.key, errors)
    }

    /// Why a file is not what it should be.
    private func unreadable(_ path: ByteString, _ what: String, _ errors: [TLSLibraryError]? = nil) -> TLSFailure {
        let errors = errors ?? library.takeErrors()
        let name = rules.name(of: path)
        let text: String
        do throws(Errno) { text = try FileCalls.contents(of: path, atMost: 1 << 20) } catch {
            guard error == .fileTooLarge else { return TLSFailure(.unreadable, "\(name): \(error)") }
            text = ""
        }
        // PEM_R_NO_START_LINE; of keys later versions say something else.
        let isKey = what == Self.key
        if errors.isEmpty || isKey && !text.contains("PRIVATE KEY-----") || errors.contains(where: { $0.reason == 108 })
        {
            return TLSFailure(
                .configuration, "\(name): there is no \(what) in PEM in it",
                hint: isKey ? "--tls-key FILE says where the key is" : nil)
        }
        // SSL_R_EE_KEY_TOO_SMALL, CA_KEY_TOO_SMALL, CA_MD_TOO_WEAK.
        if errors.contains(where: { [399, 397, 398].contains($0.reason) }) {
            return TLSFailure(
                .configuration, "\(name): the \(what) is too weak to be safe (\(errors[0].text))",
                hint: "of RSA a key has 2048 bits or more, and SHA-1 signs nothing any more")
        }
        return TLSFailure(.configuration, "\(name): no \(what) can be read from it: \(errors[0].text)")
    }
}
