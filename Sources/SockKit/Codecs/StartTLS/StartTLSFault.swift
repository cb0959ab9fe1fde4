/// Why a server does not come to agree that TLS begins.
enum StartTLSFault: Error, Sendable, Hashable {
    /// It will not. The text goes on where `the smtp server` stands before it.
    case refused(String)
    /// A message of its breaks the grammar or a limit, or is cut off.
    case message(MessageError)
    /// It closed the connection where a message of its would have begun.
    case ended

    /// It will not, in its own words.
    static func says(_ words: [UInt8]) -> StartTLSFault {
        let text = PeerWords(words).description
        return .refused(text.isEmpty ? "refuses, and does not say why" : "says: \(text)")
    }
}
