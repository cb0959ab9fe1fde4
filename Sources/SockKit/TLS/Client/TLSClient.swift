/// The client's side of TLS: it finds out whether it has reached whom it meant.
///
/// One serves any number of connections; to a server that it was connected to before it takes up the session again.
@Netpoller
public final class TLSClient {
    private let rules: TLSRules
    private let trust: TLSTrust
    private let context: TLSContext
    /// What is found out of servers is to be told.
    private let reports: Bool
    private let sessions: SessionStore
    /// By what servers are believed: a session is no way round it, for whoever resumes one is asked nothing.
    private let belief: String

    /// `sessionFile` keeps a session from one run of the program to the next.
    public init(
        _ rules: TLSRules, _ trust: TLSTrust, datagrams: Bool = false, sessionFile: ByteString? = nil,
        reports: Bool = true
    ) throws(NetworkError) {
        self.trust = trust
        self.reports = reports
        do throws(TLSFailure) {
            let rules = try rules.readable()
            self.rules = rules
            belief = Self.belief(rules, trust)
            context = try TLSContext(rules, isClient: true, keepsMessages: datagrams)
            sessions = try SessionStore(sessionFile, context.library, onFailure: rules.onUnwritten)
            if let identity = rules.identities.first { try context.use(identity) }
            try setTrust()
        } catch {
            throw NetworkError(.dial, network: nil, cause: .tls(error))
        }
        sessions.install(in: context)
    }

    /// A word that is another where anything else is trusted.
    private nonisolated static func belief(_ rules: TLSRules, _ trust: TLSTrust) -> String {
        var text = "\(trust.isInsecure) \(trust.pins)"
        // As whom one speaks belongs to it: a session is resumed as the one who began it.
        for path in rules.authorities + (rules.revocations.map { [$0] } ?? []) + rules.identities.map(\.certificate) {
            // Of a folder its name has to do.
            text += " \(path) \((try? FileCalls.contents(of: path)) ?? "")"
        }
        // Where nobody is named, these say who the system's are.
        for name in TLSContext.rootVariables where rules.authorities.isEmpty {
            guard let path = ProcessCalls.environment(name) else { continue }
            text += " \(name) \(path) \(contents(ofFile: path))"
        }
        let digest = SHA256.hash(Array(text.utf8))
        return digest.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Of a pipe nothing: it is read once, and the library does that.
    private nonisolated static func contents(ofFile path: String) -> String {
        guard let file = try? FileCalls.open(ByteString(path), for: .read, nonBlocking: true) else { return "" }
        guard (try? FileCalls.identity(of: file.rawValue))?.kind == .regular else { return "" }
        return (try? FileCalls.contents(of: path)) ?? ""
    }

    private func setTrust() throws(TLSFailure) {
        let functions = context.library.functions
        if trust.isInsecure || !trust.pins.isEmpty {
            // What is wrong is noted all the same.
            if trust.isInsecure { try context.setAuthorities() }
            unsafe functions.SSL_CTX_set_verify(context.handle, TLSNumber.verifyPeer, Self.acceptAll)
        } else {
            try context.setAuthorities()
            unsafe functions.SSL_CTX_set_verify(context.handle, TLSNumber.verifyPeer, nil)
        }
    }

    /// Notes each fault, and goes on.
    private static let acceptAll: @convention(c) (Int32, OpaquePointer?) -> Int32 = { isFine, verification in
        guard isFine == 0, let functions = try? TLSLibrary.shared().functions else { return 1 }
        let index = functions.SSL_get_ex_data_X509_STORE_CTX_idx()
        let session = unsafe functions.X509_STORE_CTX_get_ex_data(verification, index)
        let code = Int(unsafe functions.X509_STORE_CTX_get_error(verification))
        guard let channel = unsafe TLSChannel.of(session: session.map { OpaquePointer($0) }) else { return 1 }
        if !channel.faults.contains(code) { channel.faults.append(code) }
        return 1
    }

    /// Agrees with the server that was reached as `host`; what is read and written on the connection is the plain text
    /// from then on. What is not to be believed fails before a byte of that is sent.
    ///
    /// `onFailure` is told how far a handshake came that failed, where what is found out is to be told.
    @discardableResult
    public func secure(
        _ connection: Connection, host: String, onFailure: (@Netpoller (TLSReport) -> Void)? = nil
    ) async throws(NetworkError) -> TLSReport? {
        let name = trust.name ?? host
        let session: TLSSession
        do throws(TLSFailure) {
            session = try TLSSession(context, isClient: true, peerName: name, saysEnd: rules.saysEnd)
            try setName(name, of: session)
        } catch {
            throw connection.names.failure(.dial, .tls(error))
        }
        let key = "\(name) \(connection.remoteEndpoint) \(belief)"
        sessions.resume(key, session)
        if reports { session.keepMessages() }
        let start = Deadline.now
        let proof = trust.pins.isEmpty ? TLSSession.Proof.chain : .pin
        do throws(NetworkError) {
            try await session.establish(on: connection, within: rules.handshakeTimeout, operation: .dial)
            if let distrust = pinFailure(session) { throw connection.names.failure(.dial, .tls(distrust)) }
        } catch {
            if reports, let reason = error.handshakeReason {
                onFailure?(session.report(proof, duration: .now - start, failure: reason))
            }
            // To whom one does not believe nothing more is said.
            if session.isEstablished { connection.reset() }
            throw error
        }
        guard reports else { return nil }
        return session.report(proof, duration: .now - start)
    }

    /// A name goes to the server as well, which may have several; an address does not (RFC 6066).
    private func setName(_ name: String, of session: TLSSession) throws(TLSFailure) {
        let functions = context.library.functions
        let bare = name.hasSuffix(".") ? String(name.dropLast()) : name
        // What has no name is proven by nothing but its pin.
        guard !bare.isEmpty else {
            if trust.isInsecure || !trust.pins.isEmpty { return }
            throw TLSFailure(
                .invalid, "there is no name that the certificate could be for", hint: "--tls-name NAME gives one")
        }
        if let address = IPAddress(bare) {
            let text = (address.family == .v4 ? address : IPAddress(v6Bits: address.v6Bits)).description
            let isTaken =
                unsafe functions.X509_VERIFY_PARAM_set1_ip_asc(functions.SSL_get0_param(session.handle), text) == 1
            guard isTaken else { throw TLSFailure(.unavailable, "\(text): \(context.library.takeReason())") }
            return
        }
        // X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, and NEVER_CHECK_SUBJECT: a subject is a name for people.
        unsafe functions.SSL_set_hostflags(session.handle, 4 | 0x20)
        let isSet = unsafe functions.SSL_set1_host(session.handle, bare) == 1
        let isAsked = unsafe bare.withCString { text in
            unsafe functions.SSL_ctrl(
                session.handle, TLSNumber.Control.setServerName, 0, UnsafeMutableRawPointer(mutating: text)) == 1
        }
        guard isSet, isAsked else {
            throw TLSFailure(.invalid, "'\(bare)' is no name that a certificate can have")
        }
    }

    private func pinFailure(_ session: TLSSession) -> TLSFailure? {
        guard !trust.pins.isEmpty else { return nil }
        guard let certificate = unsafe TLSVerification(session).chain.first else {
            return TLSFailure(.untrusted, "the server gave no certificate, and --tls-pin wants one")
        }
        let pin = unsafe context.library.pin(of: certificate)
        if trust.pins.contains(pin) { return nil }
        return TLSFailure(
            .untrusted, "the certificate is not the one of --tls-pin: its pin is \(pin)",
            hint: "was it renewed, or is somebody in between? Ask whoever runs the server")
    }
}
