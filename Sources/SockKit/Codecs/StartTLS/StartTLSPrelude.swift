/// What is said in the clear, in one protocol, until a server agrees that TLS begins: its bytes in, ours out.
///
/// It is given one byte at a time: how they were cut on their way changes nothing, and it never has one too many.
protocol StartTLSPrelude: Sendable {
    /// The message that comes next, as errors call it: `smtp greeting`.
    var subject: String { get }

    /// What is said before the server says anything; nothing where the server speaks first.
    var opening: [UInt8] { get }

    /// Takes the next byte of the server's.
    mutating func take(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep
}

/// What a byte of the server's leads to.
enum StartTLSStep: Sendable, Hashable {
    /// More is to come.
    case more
    /// It is our turn, to say this.
    case send([UInt8])
    /// The server agrees: as soon as this is said, if it is anything, TLS begins.
    case agreed(saying: [UInt8] = [])

    static func say(_ text: String) -> StartTLSStep { .send(Array(text.utf8)) }
}

extension StartTLSPrelude {
    var opening: [UInt8] { [] }

    /// The message that came breaks the protocol's grammar.
    func malformed(_ text: String) -> StartTLSFault { .message(MessageError(.malformed, subject, text)) }

    /// The message that came breaks a limit of ours.
    func tooLong(_ text: String) -> StartTLSFault { .message(MessageError(.tooLong, subject, text)) }
}
