/// STARTTLS of IMAP (RFC 9051 section 6.2.1).
struct IMAPPrelude: LinePrelude {
    private static let tag = "a1"

    var line: [UInt8] = []
    private var isGreeted = false

    init() {}

    var subject: String { isGreeted ? "imap answer to STARTTLS" : "imap greeting" }

    mutating func take(line: [UInt8]) throws(StartTLSFault) -> StartTLSStep {
        let isTagged = line.begins(with: Self.tag)
        guard isGreeted && isTagged || line.begins(with: "*") else {
            let what = isGreeted ? "neither the command's tag nor an asterisk" : "no asterisk"
            throw malformed("'\(PeerWords(line))' begins with \(what)")
        }
        let rest = line.drop { $0 != UInt8(ascii: " ") }.dropFirst()
        if rest.begins(with: "BYE") { throw .says(Array(rest)) }
        if isTagged { return try answer(rest) }
        // What the server says beside its answer may come at any time.
        if isGreeted { return .more }
        return try greeting(rest)
    }

    private mutating func greeting(_ text: ArraySlice<UInt8>) throws(StartTLSFault) -> StartTLSStep {
        if text.begins(with: "PREAUTH") {
            throw .refused("greets with PREAUTH, and then TLS can no longer begin")
        }
        guard text.begins(with: "OK") else {
            throw malformed("'\(PeerWords(text))' is neither OK, PREAUTH nor BYE")
        }
        isGreeted = true
        return .say("\(Self.tag) STARTTLS\r\n")
    }

    private func answer(_ text: ArraySlice<UInt8>) throws(StartTLSFault) -> StartTLSStep {
        if text.begins(with: "OK") { return .agreed() }
        guard text.begins(with: "NO") || text.begins(with: "BAD") else {
            throw malformed("'\(PeerWords(text))' is neither OK, NO nor BAD")
        }
        throw .says(Array(text))
    }
}
