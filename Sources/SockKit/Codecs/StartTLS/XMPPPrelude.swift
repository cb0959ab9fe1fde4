/// STARTTLS of XMPP, as a client asks for it (RFC 6120 section 5).
struct XMPPPrelude: StartTLSPrelude {
    private enum Stage {
        case header, features, answer
    }

    private static let streams = "http://etherx.jabber.org/streams"
    private static let conditions = "urn:ietf:params:xml:ns:xmpp-streams"
    private static let tls = "urn:ietf:params:xml:ns:xmpp-tls"

    /// Whom the stream is for.
    let host: String
    private var scanner = XMLScanner()
    private var stage = Stage.header
    /// What stands in the stream itself, while it is open.
    private var top: XMLElement?
    private var isOffered = false
    /// What an error says.
    private var words: [UInt8] = []

    init(host: String) {
        self.host = host
    }

    var subject: String {
        switch stage {
        case .header: "xmpp stream header"
        case .features: "xmpp features"
        case .answer: "xmpp answer to starttls"
        }
    }

    var opening: [UInt8] {
        let recipient = host.isEmpty ? "" : " to='\(Self.escaped(host))'"
        return Array(
            "<stream:stream xmlns='jabber:client' xmlns:stream='\(Self.streams)'\(recipient) version='1.0'>".utf8)
    }

    mutating func take(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep {
        guard let event = try scan(byte) else { return .more }
        switch event {
        case .text(let byte):
            if isError(top) { words.append(byte) }
        case .opened(let element, let isEmpty):
            try begin(element)
            if isEmpty { return try end(element) }
        case .closed(let element): return try end(element)
        }
        return .more
    }

    private mutating func scan(_ byte: UInt8) throws(StartTLSFault) -> XMLScanner.Event? {
        do throws(XMLScanner.Fault) { return try scanner.take(byte) } catch {
            throw error.isLimit ? tooLong(error.text) : malformed(error.text)
        }
    }

    // MARK: - Elements

    private mutating func begin(_ element: XMLElement) throws(StartTLSFault) {
        switch element.depth {
        case 0:
            guard element.namespace == Self.streams, element.name == "stream" else { throw unexpected(element) }
            // Before version 1.0 there were no features, and nobody would send any.
            guard element.attributes["version"] != nil else {
                throw .refused("does not offer STARTTLS: its XMPP is older than 1.0")
            }
            stage = .features
        case 1:
            guard isExpected(element) else { throw unexpected(element) }
            top = element
        case 2 where isError(top) && element.namespace == Self.conditions && element.name != "text":
            words += "\(element.name) ".utf8
        case 2 where element.namespace == Self.tls && element.name == "starttls": isOffered = true
        default: break
        }
    }

    private mutating func end(_ element: XMLElement) throws(StartTLSFault) -> StartTLSStep {
        guard element.depth < 2 else { return .more }
        top = nil
        switch element.name {
        case "features":
            guard isOffered else { throw .refused("does not offer STARTTLS") }
            stage = .answer
            return .say("<starttls xmlns='\(Self.tls)'/>")
        case "proceed": return .agreed()
        case "failure": throw .says(Array("failure".utf8))
        case "error": throw .says(words)
        default: throw .ended
        }
    }

    private func isExpected(_ element: XMLElement) -> Bool {
        if isError(element) { return true }
        if stage == .features { return element.namespace == Self.streams && element.name == "features" }
        return element.namespace == Self.tls && (element.name == "proceed" || element.name == "failure")
    }

    private func isError(_ element: XMLElement?) -> Bool {
        element?.namespace == Self.streams && element?.name == "error"
    }

    private func unexpected(_ element: XMLElement) -> StartTLSFault {
        let (name, namespace) = (PeerWords(element.name.utf8), PeerWords(element.namespace.utf8))
        return malformed("an element '\(name)' of '\(namespace)' stands where another was to come")
    }

    // MARK: - Text

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case "'": escaped += "&apos;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
