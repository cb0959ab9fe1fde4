/// STARTTLS of SMTP (RFC 3207): the greeting, EHLO and what it offers, STARTTLS.
struct SMTPPrelude: NumberedPrelude {
    private enum Stage {
        case greeting, hello, command
    }

    /// How we call ourselves.
    let name: String
    var line: [UInt8] = []
    var reply = NumberedReply()
    private var stage = Stage.greeting

    init(name: String) {
        self.name = name
    }

    var subject: String {
        switch stage {
        case .greeting: "smtp greeting"
        case .hello: "smtp answer to EHLO"
        case .command: "smtp answer to STARTTLS"
        }
    }

    mutating func take(reply: NumberedReply) throws(StartTLSFault) -> StartTLSStep {
        switch (stage, reply.code) {
        case (.greeting, 220):
            stage = .hello
            return .say("EHLO \(name)\r\n")
        case (.hello, 250):
            // The first line has the server's name.
            guard reply.texts.dropFirst().contains(where: { $0.begins(with: "STARTTLS") }) else {
                throw .refused("does not offer STARTTLS")
            }
            stage = .command
            return .say("STARTTLS\r\n")
        case (.command, 220): return .agreed()
        case (.hello, _): throw fault(reply, wanted: 250)
        default: throw fault(reply, wanted: 220)
        }
    }
}
