/// The server's side of a proxy's handshake, up to what the client asks for: SOCKS4, 4a and 5 and HTTP, told apart by the
/// first byte.
///
/// It takes from the socket its own bytes and none of those that follow. Whoever runs it sets the deadlines, and closes the
/// connection where it comes to nothing; the client has been told by then.
@Netpoller
public struct ProxyReception {
    /// How it came out.
    public enum Outcome: Sendable {
        case wish(ProxyWish)
        /// The client is turned away for what is said.
        case turnedAway(String)
        /// The client ended before it had said anything.
        case ended
    }

    private let reader: HandshakeReader
    private let stream: any ByteStream
    private let authentication: ProxyAuthentication?

    /// So many passwords may be tried on one connection.
    private static let mostAttempts = 4

    /// `stream` is the connection, or what counts or slows it.
    public init(_ connection: Connection, through stream: any ByteStream, _ authentication: ProxyAuthentication?) {
        reader = HandshakeReader(connection: connection, stream: stream)
        self.stream = stream
        self.authentication = authentication
    }

    /// Runs it. A message that breaks its protocol is an error.
    public func run() async throws(NetworkError) -> Outcome {
        guard let first = try await reader.firstByte() else { return .ended }
        do throws(HandshakeReader.Failure) {
            switch first {
            case SOCKS4Request.version: return try await speakSOCKS4()
            case SOCKS5Greeting.version: return try await speakSOCKS5()
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                return try await speakHTTP()
            default:
                let text = "its first byte is \(first), and no protocol of a proxy begins so"
                throw .network(failure(MessageError(.malformed, "proxy request", text)))
            }
        } catch {
            switch error {
            case .network(let error): throw error
            case .ended: return .ended
            case .socks(let fault): throw await tell(fault)
            case .http(let refusal): throw await tell(refusal)
            }
        }
    }

    private func failure(_ message: MessageError) -> NetworkError { stream.names.failure(.read, .message(message)) }

    // MARK: - SOCKS

    private func speakSOCKS4() async throws(HandshakeReader.Failure) -> Outcome {
        let request = try await reader.read(SOCKS4Request.self)
        guard authentication == nil else {
            try await send(SOCKS4Reply(.rejected).bytes)
            return .turnedAway("SOCKS4 has no password, and one is wanted")
        }
        return .wish(ProxyWish(request))
    }

    private func speakSOCKS5() async throws(HandshakeReader.Failure) -> Outcome {
        let greeting = try await reader.read(SOCKS5Greeting.self)
        let method: SOCKS5Method = authentication == nil ? .none : .password
        guard greeting.methods.contains(method) else {
            try await send(SOCKS5Choice(.noneAcceptable).bytes)
            return .turnedAway(
                authentication == nil
                    ? "it does not offer to go without authentication" : "it offers no user and password")
        }
        try await send(SOCKS5Choice(method).bytes)
        if let authentication {
            let given = try await reader.read(SOCKS5Password.self)
            let isRight = authentication.accepts(given)
            try await send(SOCKS5PasswordReply(isRight: isRight).bytes)
            guard isRight else { return .turnedAway(ProxyAuthentication.wrong) }
        }
        return .wish(ProxyWish(try await reader.read(SOCKS5Request.self)))
    }

    /// Tells the client what it can be told.
    private func tell(_ fault: SOCKSFault) async -> NetworkError {
        switch fault.reason {
        case .addressType: try? await stream.write(SOCKS5Reply(.addressTypeUnsupported).bytes)
        case .cut: break
        default:
            if fault.subject == SOCKS5Request.subject {
                try? await stream.write(SOCKS5Reply(.generalFailure).bytes)
            } else if fault.subject == SOCKS4Request.subject {
                try? await stream.write(SOCKS4Reply(.rejected).bytes)
            }
        }
        return failure(fault.message)
    }

    // MARK: - HTTP

    private func speakHTTP() async throws(HandshakeReader.Failure) -> Outcome {
        var parser = RequestParser(limits: MessageLimits(body: nil))
        var wrong: String?
        for attempt in 1... {
            do throws(HandshakeReader.Failure) { try await reader.readHead(&parser) } catch {
                // Whoever goes away after a wrong password was turned away by it.
                guard error.isEnd, let wrong else { throw error }
                return .turnedAway(wrong)
            }
            guard case .wrong(let challenges, let reason) = authentication?.verdict(on: parser.head) else { break }
            guard try await challenge(parser, challenges, isLast: attempt == Self.mostAttempts) else {
                return .turnedAway(reason ?? "it gives no user and password")
            }
            wrong = reason ?? wrong
            // A client that knows the password comes again with it, on the same connection.
            try await finish(&parser)
        }
        return try await demand(parser)
    }

    /// Asks for a password; whether the client may answer on this connection.
    private func challenge(
        _ parser: RequestParser, _ challenges: [String], isLast: Bool
    ) async throws(HandshakeReader.Failure) -> Bool {
        let head = parser.head
        // Before all the content of a request has come there is no next one.
        let keeps = !isLast && parser.framing == .none && head.fields.keepsConnection(head.version)
        var fields = Fields()
        for challenge in challenges { fields.append("Proxy-Authenticate", challenge) }
        try await send(
            ProxyAnswer.page(
                407, "This proxy wants a user and a password.", fields, keeps: keeps, isHead: head.method == .head))
        return keeps
    }

    /// Goes past the end of a request without content.
    private func finish(_ parser: inout RequestParser) async throws(HandshakeReader.Failure) {
        var position = 0
        let nothing: [UInt8] = []
        do throws(HTTPRefusal) { _ = try parser.next(in: nothing.span, at: &position) } catch { throw .http(error) }
    }

    private func demand(_ parser: RequestParser) async throws(HandshakeReader.Failure) -> Outcome {
        let head = parser.head
        switch head.form {
        case .authority where parser.framing == .none:
            guard let destination = destination(head.target) else { break }
            return .wish(ProxyWish(.http, .connect, destination))
        case .authority:
            return try await refuse(400, "CONNECT has no content: what follows its head belongs to the tunnel")
        case .absolute:
            guard head.target.lowercased().hasPrefix("http://") else {
                return try await refuse(501, "only http:// is passed on; for anything else use CONNECT")
            }
            if head.method == .options || head.method == .trace, head.fields["Max-Forwards"] == "0" {
                return try await refuse(head.method == .trace ? 405 : 200, "Max-Forwards ends the way here")
            }
            guard let authority = head.authority, let destination = destination(authority, port: 80) else { break }
            return .wish(ProxyWish(.http, .request(parser), destination))
        case .origin, .asterisk:
            return try await refuse(400, "this is a proxy: ask for a whole URL, as in GET http://example.org/")
        }
        return try await refuse(400, "the target names no host and port that could be dialled")
    }

    private func destination(_ authority: String, port: UInt16? = nil) -> SOCKSDestination? {
        guard let (host, own) = try? HTTPURL.hostAndPort(authority[...]), let port = own ?? port else { return nil }
        if let address = IPAddress(host) { return SOCKSDestination(address, port: port) }
        return SOCKSName(host).map { SOCKSDestination($0, port: port) }
    }

    private func refuse(_ status: HTTPStatus, _ text: String) async throws(HandshakeReader.Failure) -> Outcome {
        try await send(ProxyAnswer.page(status, text))
        return .turnedAway(text)
    }

    private func tell(_ refusal: HTTPRefusal) async -> NetworkError {
        if !refusal.isTruncation { try? await stream.write(ProxyAnswer.page(refusal.status, refusal.description)) }
        return stream.names.failure(.read, NetworkError.Cause(refusal))
    }

    private func send(_ bytes: [UInt8]) async throws(HandshakeReader.Failure) {
        do throws(NetworkError) { try await stream.write(bytes) } catch { throw .network(error) }
    }
}
