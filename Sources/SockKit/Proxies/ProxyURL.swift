/// A proxy: how it is spoken to, where it is, and who we are to it.
public struct ProxyURL: Sendable, Hashable, CustomStringConvertible {
    /// How it is spoken to, and with SOCKS who looks up names.
    public enum Scheme: String, Sendable, Hashable, CaseIterable {
        /// Names are looked up here with the first of each pair, by the proxy with the second.
        case socks4, socks4a, socks5, socks5h
        /// By CONNECT; names are looked up by the proxy.
        case http

        /// Whether the proxy is told names, and looks them up.
        public var resolvesThere: Bool { self != .socks4 && self != .socks5 }

        var port: UInt16 { self == .http ? 80 : 1080 }
    }

    public let scheme: Scheme
    /// A name, or an address without brackets.
    public let host: String
    public let port: UInt16
    public var credentials: ProxyCredentials?

    public init(_ scheme: Scheme, host: String, port: UInt16, credentials: ProxyCredentials? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.credentials = credentials
    }

    /// Reads `socks5h://USER:PASS@HOST:PORT`. The name and the password are percent-decoded; no error repeats them.
    public init(_ text: String) throws(AddressError) {
        guard let mark = text.firstRange(of: "://") else {
            throw AddressError("a proxy is a URL; write it like socks5h://HOST:PORT, with one of \(Self.schemes)")
        }
        let named = text[..<mark.lowerBound]
        guard let scheme = Scheme(rawValue: named.lowercased()) else {
            // What is no scheme at all may be a user and a password that stand in the wrong place.
            let name = ByteClass.scheme.containsAll(named.utf8) ? "\(named)" : "that"
            throw AddressError("a proxy is not spoken to by \(name); one of \(Self.schemes)")
        }
        var rest = text[mark.upperBound...]
        let end = rest.lastIndex(of: "@").map { rest.index(after: $0) } ?? rest.startIndex
        // A password that is not encoded may have any of these in it, but no host has.
        if let slash = rest[end...].firstIndex(where: { "/?#".contains($0) }) {
            guard rest[slash...] == "/" else {
                throw AddressError("a proxy has no path: leave out what stands behind its port")
            }
            rest = rest[..<slash]
        }
        let place = rest[end...]
        let credentials = end == rest.startIndex ? nil : try Self.credentials(rest[..<end].dropLast(), scheme)
        let (host, port) = try Self.place(place, scheme)
        self.init(scheme, host: host, port: port, credentials: credentials)
    }

    /// Without the user and the password.
    public var description: String { "\(scheme.rawValue)://\(name)" }

    /// Host and port.
    public var name: String { destination.description }

    /// Where to dial.
    public var destination: Destination { Destination(place: .host(host, service: String(port))) }

    private static var schemes: String { Scheme.allCases.map(\.rawValue).joined(separator: ", ") }

    private static func place(_ text: Substring, _ scheme: Scheme) throws(AddressError) -> (String, UInt16) {
        guard !text.isEmpty, text.first != ":" else {
            throw AddressError("a proxy's host is missing; write \(scheme.rawValue)://HOST:PORT")
        }
        let lacksPort = text.last == "]" || !text.contains(":")
        let destination = try Destination.parse(
            lacksPort ? "\(text):\(scheme.port)" : String(text), role: .dialing, network: .tcp)
        guard case .host(let host, let service) = destination.place, let port = UInt16(service), port > 0 else {
            throw AddressError("a proxy's port is a number from 1 to 65535")
        }
        return (host, port)
    }

    private static func credentials(_ text: Substring, _ scheme: Scheme) throws(AddressError) -> ProxyCredentials {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var decoded: [[UInt8]] = []
        for part in parts {
            guard let bytes = PercentCoding.decode(part.utf8) else {
                throw AddressError(
                    "in a proxy's user and password a percent sign needs two hexadecimal digits behind it; write %25")
            }
            decoded.append(bytes)
        }
        let credentials = ProxyCredentials(user: decoded[0], password: decoded.count == 2 ? decoded[1] : nil)
        if let fault = scheme.fault(of: credentials) { throw AddressError(fault) }
        return credentials
    }
}

extension ProxyURL.Scheme {
    /// Why a proxy of this kind cannot be told these credentials; nil where it can.
    public func fault(of credentials: ProxyCredentials) -> String? {
        let (user, password) = (credentials.user, credentials.password)
        if user.isEmpty { return "a proxy's user has no name" }
        switch self {
        case .socks4, .socks4a:
            if password != nil { return "SOCKS4 has no password: only a user can be named" }
            if user.count > SOCKS4Request.longestUser || user.contains(0) {
                return "a SOCKS4 proxy's user has at most \(SOCKS4Request.longestUser) bytes, and no zero byte"
            }
        case .socks5, .socks5h:
            if max(user.count, password?.count ?? 0) > SOCKS5Password.longest {
                return "a SOCKS5 proxy's user and password have at most \(SOCKS5Password.longest) bytes each"
            }
        case .http:
            if user.contains(UInt8(ascii: ":")) { return "an HTTP proxy's user has no colon in it" }
        }
        return nil
    }
}
