/// What an exchange was doing when it failed.
public enum LoadPhase: String, Sendable, Hashable, CaseIterable {
    case resolve
    /// Waiting for a connection, of which there may be only so many.
    case wait
    case connect
    /// Sending the request.
    case send
    /// Waiting for the answer to begin.
    case firstByte = "first-byte"
    /// Taking the head of the answer.
    case head
    /// Taking the body of the answer, to its end.
    case body
}
