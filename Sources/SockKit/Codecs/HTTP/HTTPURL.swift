/// Where a request goes: an `http` or `https` URI (RFC 9110 section 4.2).
public struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    /// Whether TLS is asked for.
    public let isSecure: Bool
    /// The user and perhaps the password, still encoded.
    public let userInfo: String?
    /// A name in lower case, or an address: an IPv6 one without brackets and with its zone, `fe80::1%eth0`.
    public let host: String
    /// Nil for the scheme's own.
    public let port: UInt16?
    /// Still encoded; it begins with a slash.
    public let path: String
    /// What stands behind the question mark, still encoded.
    public let query: String?
    /// What stands behind `#`, still encoded. It is never sent.
    public let fragment: String?

    /// Reads a URI. What may stand in none but is often written so, spaces and letters beyond ASCII, is encoded; control
    /// bytes are refused. With `guessing`, a text without a scheme is an `http` URI without its first seven letters.
    public init(_ text: String, guessing: Bool = false) throws(Failure) {
        let text = PercentCoding.encodeBeyondASCII(text)
        try self.init(URIReference(guessing && Self.schemeEnd(of: text) == nil ? "http://" + text : text))
    }

    /// Where the host begins, behind a scheme; nil where a text has none. In a query there may be another URL.
    package static func schemeEnd(of text: String) -> String.Index? {
        let mark = text.utf8.firstIndex(where: Self.endsAuthority) ?? text.endIndex
        guard text.utf8[..<mark].last == UInt8(ascii: ":"), text.utf8[mark...].starts(with: "//".utf8) else {
            return nil
        }
        return text.utf8.index(mark, offsetBy: 2)
    }

    /// Whether nothing of an authority, or of a scheme, stands behind it.
    static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    /// Where a Location field leads from here (RFC 9110 section 10.2.2). Without a fragment of its own it keeps this one.
    public func resolving(_ location: String) throws(Failure) -> HTTPURL {
        var target = URIReference(description).resolving(URIReference(PercentCoding.encodeBeyondASCII(location)))
        target.fragment = target.fragment ?? fragment
        return try HTTPURL(target)
    }

    private init(_ parts: URIReference) throws(Failure) {
        guard let scheme = parts.scheme?.lowercased() else { throw .noScheme }
        guard scheme == "http" || scheme == "https" else { throw .otherScheme(scheme) }
        guard parts.description.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { throw .controlByte }
        isSecure = scheme == "https"
        guard let authority = parts.authority, !authority.isEmpty else { throw .noHost }
        let at = authority.lastIndex(of: "@")
        userInfo = at.map { String(authority[..<$0]) }
        (host, port) = try Self.hostAndPort(at.map { authority[authority.index(after: $0)...] } ?? authority[...])
        path = parts.path.isEmpty ? "/" : PercentCoding.encodeForbidden(parts.path.utf8)
        query = parts.query.map { PercentCoding.encodeForbidden($0.utf8) }
        fragment = parts.fragment.map { PercentCoding.encodeForbidden($0.utf8) }
    }

    /// The port that is connected to.
    public var effectivePort: UInt16 { port ?? (isSecure ? 443 : 80) }

    /// The value of Host: without the scheme's own port, and without a zone, which means nothing elsewhere.
    public var authority: String {
        let name = host.contains(":") ? "[\(host[..<(zoneMark ?? host.endIndex)])]" : host
        return effectivePort == (isSecure ? 443 : 80) ? name : "\(name):\(effectivePort)"
    }

    /// The target of a request to the server itself.
    public var target: String { path + (query.map { "?\($0)" } ?? "") }

    /// The target of a request to a proxy.
    public var absoluteTarget: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    /// Without the user, whose password is nobody's business, and without the fragment.
    public var description: String {
        let name = host.contains(":") ? "[\(hostWithZone)]" : host
        let number = effectivePort == (isSecure ? 443 : 80) ? "" : ":\(effectivePort)"
        return "\(isSecure ? "https" : "http")://\(name)\(number)\(target)"
    }

    /// An address with its zone as people write it, and as RFC 6874 does where that would be read as something else.
    private var hostWithZone: String {
        guard let percent = zoneMark else { return host }
        let zone = PercentCoding.encodeSegment(host.utf8[percent...].dropFirst())
        return "\(host[..<percent])%\(zone.hasPrefix("25") ? "25" : "")\(zone)"
    }

    /// The first letter of a zone may combine with its mark: that is looked for among bytes.
    private var zoneMark: String.Index? { host.utf8.firstIndex(of: UInt8(ascii: "%")) }

    /// What the user and the password are, if they are there and decode.
    public var credentials: BasicCredentials? {
        guard let userInfo, let bytes = PercentCoding.decode(userInfo.utf8) else { return nil }
        return BasicCredentials(bytes: bytes.contains(UInt8(ascii: ":")) ? bytes : bytes + [UInt8(ascii: ":")])
    }

    /// Whether both are the same server: what is secret may be sent to the other too.
    public func hasSameOrigin(as other: HTTPURL) -> Bool {
        isSecure == other.isSecure && host == other.host && effectivePort == other.effectivePort
    }
}
