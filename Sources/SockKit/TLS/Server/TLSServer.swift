/// The server's side of TLS: it proves who it is, and may ask that of its clients.
///
/// One serves any number of connections.
@Netpoller
public final class TLSServer {
    private let rules: TLSRules
    private let verifiesClients: Bool
    private let datagrams: Bool
    /// Whom a certificate of our own is for.
    private let ownNames: [String]
    private let ownAddresses: [IPAddress]
    private var contexts: ServerContexts
    /// What is found out of clients is to be told.
    private let reports: Bool

    /// Reads the certificates and keys; where there are none one is made for these names and addresses.
    public init(
        _ rules: TLSRules, datagrams: Bool = false, verifiesClients: Bool, names: [String], addresses: [IPAddress],
        reports: Bool = true
    ) throws(NetworkError) {
        self.rules = rules
        (self.verifiesClients, self.datagrams) = (verifiesClients, datagrams)
        (ownNames, ownAddresses) = (names, addresses)
        self.reports = reports
        do throws(TLSFailure) {
            contexts = try ServerContexts(
                rules, datagrams: datagrams, verifiesClients: verifiesClients, names, addresses)
        } catch {
            throw NetworkError(.listen, network: nil, cause: .tls(error))
        }
    }

    /// Whether the certificate was made here, so that nobody can know it but by its pin.
    public var madeItsOwn: Bool { rules.identities.isEmpty }

    /// The certificates, the first of which is for clients that name nobody.
    public var certificates: [CertificateFacts] { contexts.certificates }

    /// Reads the files again; connections that come from now on see what they hold. An error leaves what was.
    public func readAgain() throws(NetworkError) {
        guard !madeItsOwn else { return }
        do throws(TLSFailure) {
            contexts = try ServerContexts(
                rules, datagrams: datagrams, verifiesClients: verifiesClients, ownNames, ownAddresses)
        } catch {
            throw NetworkError(.listen, network: nil, cause: .tls(error))
        }
    }

    /// Agrees with a client; what is read and written on the connection is the plain text from then on.
    ///
    /// `onFailure` is told how far a handshake came that failed, where what is found out is to be told.
    @discardableResult
    public func secure(
        _ connection: Connection, onFailure: (@Netpoller (TLSReport) -> Void)? = nil
    ) async throws(NetworkError) -> TLSReport? {
        let session: TLSSession
        do throws(TLSFailure) {
            if let begun = connection.layer as? TLSSession { session = begun } else { session = try makeSession() }
        } catch {
            throw connection.names.failure(.accept, .tls(error))
        }
        if reports { session.keepMessages() }
        let start = Deadline.now
        let proof = verifiesClients ? TLSSession.Proof.chain : .none
        do throws(NetworkError) {
            try await session.establish(on: connection, within: rules.handshakeTimeout, operation: .accept)
        } catch {
            if reports, let reason = error.handshakeReason {
                onFailure?(session.report(proof, duration: .now - start, failure: reason))
            }
            throw error
        }
        guard reports else { return nil }
        return session.report(proof, duration: .now - start)
    }
}

extension TLSServer {
    /// A session for a client to come.
    func makeSession() throws(TLSFailure) -> TLSSession {
        try TLSSession(contexts.first, isClient: false, peerName: "", saysEnd: rules.saysEnd)
    }
}

/// A context for each certificate, and the choice between them by the name that a client asks for.
@Netpoller
final class ServerContexts {
    private(set) var contexts: [TLSContext] = []
    /// The library keeps its address.
    private let choice = ServerNameChoice()
    private(set) var certificates: [CertificateFacts] = []

    var first: TLSContext { contexts[0] }

    init(
        _ rules: TLSRules, datagrams: Bool, verifiesClients: Bool, _ names: [String], _ addresses: [IPAddress]
    ) throws(TLSFailure) {
        let rules = try rules.readable()
        for identity in rules.identities {
            let context = try Self.context(rules, datagrams, verifiesClients)
            try context.use(identity)
            contexts.append(context)
        }
        if contexts.isEmpty {
            let context = try Self.context(rules, datagrams, verifiesClients)
            try OwnCertificate.install(in: context, names: names, addresses: addresses)
            contexts.append(context)
        }
        for context in contexts {
            guard let certificate = unsafe context.library.functions.SSL_CTX_get0_certificate(context.handle) else {
                continue
            }
            let facts = unsafe context.library.facts(of: certificate)
            certificates.append(facts)
            unsafe choice.add(facts.names.isEmpty ? [facts.shortSubject] : facts.names, context.handle)
        }
        guard contexts.count > 1 else { return }
        choice.kept = Array(contexts.dropFirst())
        first.companion = choice
        choice.install(in: first)
    }

    private static func context(
        _ rules: TLSRules, _ datagrams: Bool, _ verifiesClients: Bool
    ) throws(TLSFailure) -> TLSContext {
        let context = try TLSContext(rules, isClient: false, keepsMessages: datagrams)
        if datagrams { TLSCookie.install(in: context) }
        let functions = context.library.functions
        let name = Array("sockctl".utf8)
        _ = unsafe functions.SSL_CTX_set_session_id_context(context.handle, name, UInt32(name.count))
        guard verifiesClients else { return context }
        try context.setAuthorities()
        unsafe functions.SSL_CTX_set_verify(
            context.handle, TLSNumber.verifyPeer | TLSNumber.failWithoutCertificate, nil)
        // Clients choose among theirs by the issuers that they are told. The context keeps the list.
        let issuers = unsafe functions.OPENSSL_sk_new_null()
        for path in rules.authorities {
            _ = unsafe path.withCString { unsafe functions.SSL_add_file_cert_subjects_to_stack(issuers, $0) }
        }
        unsafe functions.SSL_CTX_set_client_CA_list(context.handle, issuers)
        functions.ERR_clear_error()
        return context
    }
}

/// Which certificate a name gets. The library asks while it reads a client's first message.
@safe final class ServerNameChoice {
    // The first context is that of the session that asks, which keeps it; the others are kept here.
    private var names: [(name: String, context: OpaquePointer)] = unsafe []

    /// A session that began before the files were read again may ask after it.
    var kept: [TLSContext] = []

    func add(_ names: [String], _ context: OpaquePointer) {
        unsafe self.names += names.map { unsafe ($0.lowercased(), context) }
    }

    /// The context of a name, or of a wildcard that stands for its first part.
    private func context(for name: String) -> OpaquePointer? {
        let name = name.lowercased()
        if let exact = unsafe names.first(where: { unsafe $0.name == name }) { return unsafe exact.context }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let wildcard = "*" + name[dot...]
        return unsafe names.first { unsafe $0.name == wildcard }?.context
    }

    @Netpoller
    func install(in context: TLSContext) {
        let functions = context.library.functions
        let callback = unsafe unsafeBitCast(Self.callback, to: (@convention(c) () -> Void).self)
        _ = unsafe functions.SSL_CTX_callback_ctrl(context.handle, TLSNumber.Control.setServerNameCallback, callback)
        _ = unsafe functions.SSL_CTX_ctrl(
            context.handle, TLSNumber.Control.setServerNameArgument, 0, Unmanaged.passUnretained(self).toOpaque())
    }

    private static let callback:
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?) -> Int32 = {
            session, _, argument in
            // SSL_TLSEXT_ERR_OK: a name that nobody has gets the first certificate, and the client decides.
            guard let argument = unsafe argument, let functions = try? TLSLibrary.shared().functions,
                let text = unsafe functions.SSL_get_servername(session, 0)
            else { return 0 }
            let choice = unsafe Unmanaged<ServerNameChoice>.fromOpaque(argument).takeUnretainedValue()
            guard let context = unsafe choice.context(for: unsafe String(cString: text)) else { return 0 }
            _ = unsafe functions.SSL_set_SSL_CTX(session, context)
            return 0
        }
}
