/// AUTH TLS of FTP (RFC 4217).
struct FTPPrelude: NumberedPrelude {
    var line: [UInt8] = []
    var reply = NumberedReply(isLoose: true)
    private var isGreeted = false

    init() {}

    var subject: String { isGreeted ? "ftp answer to AUTH TLS" : "ftp greeting" }

    mutating func take(reply: NumberedReply) throws(StartTLSFault) -> StartTLSStep {
        switch (isGreeted, reply.code) {
        // It will be ready in some minutes, and greets then.
        case (false, 120): return .more
        case (false, 220):
            isGreeted = true
            return .say("AUTH TLS\r\n")
        case (true, 234): return .agreed()
        default: throw fault(reply, wanted: isGreeted ? 234 : 220)
        }
    }
}
