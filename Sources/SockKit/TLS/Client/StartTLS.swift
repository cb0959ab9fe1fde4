/// A protocol in which a connection begins in the clear, and the client asks for TLS on it.
public enum StartTLS: String, CaseIterable, Sendable {
    case smtp, imap, pop3, ftp, postgres, mysql, ldap, xmpp

    /// The port on which servers speak TLS from the first byte, where there is such a custom.
    private var protectedPort: UInt16? {
        switch self {
        case .smtp: 465
        case .imap: 993
        case .pop3: 995
        case .ftp: 990
        case .ldap: 636
        case .xmpp: 5223
        case .postgres, .mysql: nil
        }
    }
}

extension StartTLS {
    /// Speaks the protocol on a stream on which nothing was said yet, until the server agrees that TLS begins: the next
    /// byte is ours. The server's bytes are taken up to its agreement; where others stand behind it already, in the
    /// clear, that is an error.
    ///
    /// Deadlines are those of the connection, which is of no use after an error. XMPP tells the host whom it is for.
    @Netpoller
    package func begin(on connection: Connection, host: String) async throws(NetworkError) {
        do throws(NetworkError) {
            try await talk(on: connection, host)
        } catch {
            throw connection.names.failure(.dial, cause(error.cause))
        }
    }

    @Netpoller
    private func talk(on connection: Connection, _ host: String) async throws(NetworkError) {
        var talk = StartTLSTalk(prelude(connection, host))
        while true {
            let answer = talk.takeAnswer()
            if !answer.isEmpty { try await connection.write(answer) }
            if talk.isAgreed { return }
            try await connection.waitUntilOpen()
            // What has come is looked at, and only what belongs to the talk is taken.
            let bytes = try await connection.peek(upTo: Self.most)
            let taken: Int
            do throws(StartTLSFault) {
                guard !bytes.isEmpty else { throw talk.end }
                taken = try talk.push(bytes.span)
            } catch {
                throw connection.names.failure(.dial, cause(error))
            }
            try await connection.take(taken)
        }
    }

    /// So much is looked at at once.
    private static let most = 2048

    @Netpoller
    private func prelude(_ connection: Connection, _ host: String) -> any StartTLSPrelude {
        switch self {
        case .smtp: SMTPPrelude(name: Self.name(of: connection.localEndpoint))
        case .imap: IMAPPrelude()
        case .pop3: POP3Prelude()
        case .ftp: FTPPrelude()
        case .postgres: PostgresPrelude()
        case .mysql: MySQLPrelude()
        case .ldap: LDAPPrelude()
        case .xmpp: XMPPPrelude(host: host)
        }
    }

    /// What we call ourselves: who has no name to tell gives its address, in brackets (RFC 5321 section 4.1.3).
    private static func name(of endpoint: Endpoint) -> String {
        guard let address = endpoint.address?.unmapped else { return "localhost" }
        // A zone is nobody else's business.
        return address.family == .v4 ? "[\(address)]" : "[IPv6:\(IPAddress(v6Bits: address.v6Bits))]"
    }
}

// MARK: - Errors

extension StartTLS {
    private func cause(_ fault: StartTLSFault) -> NetworkError.Cause {
        switch fault {
        case .refused(let text): .tls(TLSFailure(.refused, "the \(rawValue) server \(text)", hint: hint))
        case .message(let error): .message(error)
        case .ended: .peerEnded("the \(rawValue) server closed the connection before TLS began")
        }
    }

    /// Of a connection that failed on the way: it was there, so a time-out is not what one of dialling would be.
    private func cause(_ cause: NetworkError.Cause) -> NetworkError.Cause {
        cause == .timeout ? .noAnswer("the \(rawValue) server was reached, and did not come to TLS in time") : cause
    }

    private var hint: String? {
        protectedPort.map { "many servers speak TLS from the first byte on port \($0)" }
    }
}
