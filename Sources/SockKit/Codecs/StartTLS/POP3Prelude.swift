/// STLS of POP3 (RFC 2595 section 4).
struct POP3Prelude: LinePrelude {
    var line: [UInt8] = []
    private var isGreeted = false

    init() {}

    var subject: String { isGreeted ? "pop3 answer to STLS" : "pop3 greeting" }

    mutating func take(line: [UInt8]) throws(StartTLSFault) -> StartTLSStep {
        if line.begins(with: "-ERR") { throw .says(line) }
        guard line.begins(with: "+OK") else {
            throw malformed("'\(PeerWords(line))' begins with neither +OK nor -ERR")
        }
        guard !isGreeted else { return .agreed() }
        isGreeted = true
        return .say("STLS\r\n")
    }
}
