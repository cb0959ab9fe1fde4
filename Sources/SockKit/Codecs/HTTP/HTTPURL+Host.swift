extension HTTPURL {
    /// Why a text is no URL that can be asked.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        case noScheme, noHost, badHost, badPort, controlByte
        case otherScheme(String)

        /// Without a capital and a full stop.
        public var description: String {
            switch self {
            case .noScheme: "the URL does not begin with http://"
            case .noHost: "the URL names no host"
            case .badHost: "the URL's host is neither a name nor an address"
            case .badPort: "the URL's port is not a number from 0 to 65535"
            case .controlByte: "the URL has a control byte in it"
            case .otherScheme(let scheme): "the scheme \(scheme) is not spoken here"
            }
        }
    }

    static func hostAndPort(_ text: Substring) throws(Failure) -> (host: String, port: UInt16?) {
        var end = text.firstIndex(of: ":") ?? text.endIndex
        var host = text[..<end].lowercased()
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { throw .badHost }
            host = try literal(text[text.index(after: text.startIndex)..<close])
            end = text.index(after: close)
        } else {
            guard !host.isEmpty else { throw .noHost }
            guard ByteClass.hostName.containsAll(host.utf8) else { throw .badHost }
        }
        guard end < text.endIndex else { return (host, nil) }
        guard text[end] == ":" else { throw .badHost }
        let digits = text[text.index(after: end)...]
        guard digits.utf8.allSatisfy({ Int(decimal: $0) != nil }) else { throw .badPort }
        guard !digits.isEmpty else { return (host, nil) }
        guard let port = UInt16(digits) else { throw .badPort }
        return (host, port)
    }

    /// An IPv6 address; its zone stands behind `%25` (RFC 6874) or, as people write it, behind `%`.
    private static func literal(_ text: Substring) throws(Failure) -> String {
        var text = String(text)
        if let percent = text.firstIndex(of: "%") {
            let zone = text[percent...].hasPrefix("%25") ? text[percent...].dropFirst(3) : text[percent...].dropFirst()
            guard let name = PercentCoding.decode(zone.utf8) else { throw .badHost }
            text = text[..<percent] + "%" + String(decoding: name, as: UTF8.self)
        }
        guard let address = IPAddress(text), address.family == .v6 else { throw .badHost }
        return address.description
    }
}
