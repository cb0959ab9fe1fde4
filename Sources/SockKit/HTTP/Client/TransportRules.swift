/// How a transport connects, how long it waits for what, and what it keeps. Every field's default is that of Go's
/// `DefaultTransport`.
public struct TransportRules: Sendable {
    /// For resolving a name and connecting to it, together; nil is as long as the kernel tries.
    public var dialTimeout: Duration? = .seconds(30)
    /// For the handshake behind the dial, where TLS is asked for; nil is no limit.
    public var tlsHandshakeTimeout: Duration? = .seconds(10)
    /// For the head of the answer, once the request is written; nil is no limit.
    public var responseHeaderTimeout: Duration?
    /// How long a request with `Expect: 100-continue` waits for permission before it sends its content. Zero sends the
    /// content at once.
    public var expectContinueTimeout = Duration.seconds(1)
    /// How long a connection is kept that nobody uses; nil is for ever.
    public var idleConnTimeout: Duration? = .seconds(90)
    /// The most connections that are kept idle, over all hosts; 0 is no limit.
    public var maxIdleConns = 100
    /// The most connections to one host that are kept idle.
    public var maxIdleConnsPerHost = 2
    /// The most connections to one host, whatever their state; further requests wait. 0 is no limit.
    public var maxConnsPerHost = 0
    /// Each connection carries one request, which says `Connection: close`.
    public var disableKeepAlives = false
    /// The longest head of an answer, the interim answers before it included.
    public var maxResponseHeaderBytes = 10 << 20

    /// The network that is dialled, `.tcp4` for IPv4 alone.
    public var network = Network.tcp
    /// How the connections are dialled: source, options, resolver. `dialTimeout` is its time limit.
    public var dialer = Dialer(options: Self.socketOptions)
    /// Every connection goes to this Unix socket, whatever host the URL names.
    public var unixSocket: UnixAddress?
    /// Puts a stream of somebody's own around each connection, to see what passes; it is given the connection's number.
    public var watch: (@Netpoller @Sendable (Connection, Int) -> any ByteStream)?
    /// Addresses for one host and port, which are then not resolved.
    public var overrides: [HostOverride] = []
    /// Through which proxies requests go that know what is asked.
    public var proxies = ProxyRules.none
    /// What leads the connections to servers, each being a tunnel, which nobody on the way looks into. The way to a server is
    /// the same as long as the transport lives, so connections to it are interchangeable.
    public var tunnels = ProxyDialer(.direct)

    /// What speaks TLS with the servers of `https` URLs, made for the first of them: by default the system's issuers say who is
    /// who.
    public var security: (@Netpoller @Sendable () throws(NetworkError) -> TLSClient)?
    /// Told of each connection that TLS is spoken on, with its number, where the security reports.
    public var onSecured: (@Netpoller @Sendable (Connection, Int, TLSReport) -> Void)?

    /// An idle connection is used again without asking the kernel whether the server has said something that nobody asked
    /// for: what the loop has heard has to do. For whoever measures; what is read is then not to be relied on.
    package var trustsIdleConnections = false

    public init() {}

    @Netpoller
    func makeSecurity() throws(NetworkError) -> TLSClient {
        if let security { return try security() }
        var own = TLSRules()
        own.handshakeTimeout = tlsHandshakeTimeout
        return try TLSClient(own, TLSTrust(), reports: false)
    }

    /// TCP keep-alive as DefaultTransport's dialer has it: 30 s.
    private static var socketOptions: SocketOptions {
        var options = SocketOptions()
        options.keepAlive = KeepAlive(idle: .seconds(30), interval: .seconds(30))
        return options
    }
}

/// An answer to one name and port that is given beforehand: `example.org:80:127.0.0.1`.
public struct HostOverride: Sendable, Hashable {
    /// In lower case; `*` is every host.
    public let host: String
    public let port: UInt16
    public let addresses: [IPAddress]

    public init(host: String, port: UInt16, addresses: [IPAddress]) {
        self.host = host.lowercased()
        self.port = port
        self.addresses = addresses
    }

    /// Reads `HOST:PORT:ADDRESS`, with several addresses apart by commas and IPv6 addresses with or without brackets.
    public init?(_ text: String) {
        guard let (host, rest) = Self.split(text[...]), let colon = rest.firstIndex(of: ":"),
            let port = UInt16(rest[..<colon])
        else { return nil }
        var addresses: [IPAddress] = []
        for word in rest[rest.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false) {
            let isBracketed = word.hasPrefix("[") && word.hasSuffix("]")
            guard let address = IPAddress(String(isBracketed ? word.dropFirst().dropLast() : word)) else { return nil }
            addresses.append(address)
        }
        self.init(host: host, port: port, addresses: addresses)
    }

    /// The host, and what stands behind its colon.
    private static func split(_ text: Substring) -> (host: String, rest: Substring)? {
        var end = text.firstIndex(of: ":") ?? text.endIndex
        var host = text[..<end]
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            end = text.index(after: close)
        }
        guard !host.isEmpty, end < text.endIndex, text[end] == ":" else { return nil }
        return (String(host), text[text.index(after: end)...])
    }

    func answers(_ host: String, _ port: UInt16) -> Bool {
        self.port == port && (self.host == "*" || self.host == host)
    }
}
