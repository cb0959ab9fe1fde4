/// What is said to one proxy at the beginning of a connection to it. It takes from the connection the bytes of the proxy's
/// answers and none behind them.
@Netpoller
struct ProxyHandshake {
    let connection: Connection
    let proxy: ProxyURL
    private let place: SOCKSDestination
    private let owner: ProxyDialer

    init(_ connection: Connection, _ proxy: ProxyURL, _ place: SOCKSDestination, _ owner: ProxyDialer) {
        self.connection = connection
        self.proxy = proxy
        self.place = place
        self.owner = owner
    }

    /// Asks to be led on. False is an HTTP proxy's that wants to know who asks, and is to be asked on another connection; the
    /// attempts for one dial count from 0.
    func connect(attempt: Int) async throws(NetworkError) -> Bool {
        switch proxy.scheme {
        case .socks4, .socks4a: try await connectSOCKS4()
        case .socks5, .socks5h: _ = try await askSOCKS5(.connect, place)
        case .http: return try await connectHTTP(attempt)
        }
        return true
    }

    // MARK: - SOCKS

    private func connectSOCKS4() async throws(NetworkError) {
        guard let request = SOCKS4Request(.connect, place, user: proxy.credentials?.user ?? []) else {
            throw failure(.noSuitableAddress("\(place)"))
        }
        try await connection.write(request.bytes)
        let code = try await read(SOCKS4Reply.self).code
        switch code {
        case .granted: return
        case .noIdentd, .wrongUser: throw refusal(.authentication, "\(code)")
        default: throw refusal(.failed, "\(code)")
        }
    }

    /// Says who we are where the proxy wants to know, asks for something, and returns which end the proxy uses for it.
    func askSOCKS5(_ command: SOCKSCommand, _ place: SOCKSDestination) async throws(NetworkError) -> SOCKSDestination {
        try await authenticate()
        try await connection.write(SOCKS5Request(command, place).bytes)
        let reply = try await read(SOCKS5Reply.self)
        switch reply.code {
        case .succeeded: return reply.bound
        case .notAllowed: throw refusal(.rules, "connection refused by ruleset")
        case .networkUnreachable, .hostUnreachable: throw refusal(.unreachable, "\(reply.code)")
        case .connectionRefused: throw refusal(.refused, "\(reply.code)")
        case .expired: throw refusal(.noAnswer, "\(reply.code)")
        case .commandUnsupported, .addressTypeUnsupported: throw refusal(.unsupported, "\(reply.code)")
        default: throw refusal(.failed, "\(reply.code)")
        }
    }

    private func authenticate() async throws(NetworkError) {
        let credentials = proxy.credentials
        try await connection.write(SOCKS5Greeting(credentials == nil ? [.none] : [.none, .password]).bytes)
        let method = try await read(SOCKS5Choice.self).method
        switch (method, credentials) {
        case (.none, _): return
        case (.password, let credentials?):
            guard let message = SOCKS5Password(user: credentials.user, password: credentials.password ?? []) else {
                throw failure(.invalid("the user or the password is longer than \(SOCKS5Password.longest) bytes"))
            }
            try await connection.write(message.bytes)
            guard try await read(SOCKS5PasswordReply.self).isRight else {
                throw refusal(.authentication, "user or password refused")
            }
        case (.noneAcceptable, nil): throw refusal(.authentication, "authentication required")
        case (.noneAcceptable, _):
            throw refusal(.authentication, "neither a password nor doing without one is acceptable to it")
        default:
            let text = "it is \(method), which was not offered"
            throw failure(.message(MessageError(.malformed, SOCKS5Choice.subject, text)))
        }
    }

    private func read<Message: SOCKSMessage>(_ type: Message.Type) async throws(NetworkError) -> Message {
        var reader = SOCKSReader<Message>()
        while true {
            let chunk = try await connection.readChunk(maximum: reader.missing)
            guard !chunk.isEnd else { throw failure(reader.fault.map { .message($0.message) } ?? Self.silentEnd) }
            do throws(SOCKSFault) {
                _ = try chunk.withBytes { bytes throws(SOCKSFault) in try reader.push(bytes) }
            } catch {
                throw failure(.message(error.message))
            }
            chunk.giveBack()
            if let message = reader.message { return message }
        }
    }

    // MARK: - HTTP

    private func connectHTTP(_ attempt: Int) async throws(NetworkError) -> Bool {
        let target = HTTPConnect.target(place)
        let authorization = proxy.credentials.flatMap { owner.demands[proxy]?.authorization($0, to: target) }
        let request: [UInt8]
        do throws(HTTPRefusal) {
            request = try HTTPConnect.request(to: target, authorization: authorization)
        } catch {
            throw failure(.init(error))
        }
        try await connection.write(request)
        let head = try await readHead()
        if head.status.isSuccess { return true }
        guard head.status == 407 else { throw failure(.proxy(HTTPConnect.refusal(head))) }
        guard proxy.credentials != nil else { throw refusal(.authentication, "authentication required") }
        guard let demand = ProxyDemand(head) else {
            throw refusal(
                .authentication, "it wants to be told who asks by \(ProxyDemand.offers(head)), which is not spoken here"
            )
        }
        // What it demanded of an earlier connection may have changed since; after that, credentials that are right are
        // refused only for a nonce that is too old.
        guard attempt == 0 || demand.isStale && attempt < Self.mostAttempts else {
            throw refusal(.authentication, "user or password refused")
        }
        owner.demands[proxy] = demand
        return false
    }

    /// So often one asks again who calls nonces stale.
    private static let mostAttempts = 3

    /// The head of the final answer. Bytes are looked at before they are taken: those behind it are the tunnel's.
    private func readHead() async throws(NetworkError) -> ResponseHead {
        let limits = HTTPConnect.limits
        var (left, isFirst) = (limits.head, true)
        while true {
            var parser = ResponseParser(limits: limits)
            parser.method = .connect
            while true {
                let bytes = try await connection.peek(upTo: 4096)
                guard !bytes.isEmpty else { throw ended(&parser) }
                let event: MessageEvent
                var taken = 0
                do throws(HTTPRefusal) { event = try parser.next(in: bytes.span, at: &taken) } catch {
                    throw failure(.init(error))
                }
                left -= taken
                // Any number of interim answers may come first, within the limit of them all.
                guard isFirst || left >= 0 else { throw failure(.message(Self.tooLong(limits.head))) }
                try await connection.take(taken)
                if event == .head { break }
            }
            if !parser.head.status.isInterim { return parser.head }
            isFirst = false
        }
    }

    private static func tooLong(_ limit: Int) -> MessageError {
        let text = "with the interim answers (1xx) before it, it is longer than the limit of \(limit) bytes"
        return MessageError(.tooLong, "HTTP answer", text)
    }

    private func ended(_ parser: inout ResponseParser) -> NetworkError {
        do throws(HTTPRefusal) { _ = try parser.finish() } catch { return failure(.init(error)) }
        return failure(Self.silentEnd)
    }

    // MARK: - Errors

    private static let silentEnd = NetworkError.Cause.peerEnded("the proxy closed the connection without an answer")

    private func refusal(_ kind: ProxyRefusal.Kind, _ text: String) -> NetworkError {
        failure(.proxy(ProxyRefusal(kind, text)))
    }

    /// An error whose ends somebody else knows.
    private func failure(_ cause: NetworkError.Cause) -> NetworkError {
        NetworkError(.dial, network: connection.network, cause: cause)
    }
}
