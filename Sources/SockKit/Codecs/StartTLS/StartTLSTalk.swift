/// What a client and a server say to each other until TLS begins, whatever the protocol: exactly the bytes that belong
/// to it, however they were cut, and no more of them than a limit.
///
/// Bytes that follow the server's agreement in the clear are refused: kept, they would be taken for what came
/// protected, and anybody on the way can put them there (CVE-2011-0411).
struct StartTLSTalk: Sendable {
    /// All that a server may say before TLS begins.
    static let longest = 64 << 10

    private var prelude: any StartTLSPrelude
    private let speaksFirst: Bool
    private var answer: [UInt8]
    private var count = 0
    /// So many of them are of the message that has begun.
    private var turn = 0
    /// TLS begins as soon as the last answer is said.
    private(set) var isAgreed = false

    init(_ prelude: any StartTLSPrelude) {
        self.prelude = prelude
        answer = prelude.opening
        speaksFirst = !answer.isEmpty
    }

    /// What is to be said now, once; nothing where it is the server's turn.
    mutating func takeAnswer() -> [UInt8] {
        defer { answer = [] }
        return answer
    }

    /// Takes bytes of the server's and returns how many that were: all, or those up to where it is our turn.
    mutating func push(_ bytes: Span<UInt8>) throws(StartTLSFault) -> Int {
        for place in bytes.indices {
            switch try take(bytes[place]) {
            case .more: continue
            case .send(let message):
                answer = message
                turn = 0
                return place + 1
            case .agreed(let last):
                answer = last
                isAgreed = true
            }
        }
        return bytes.count
    }

    private mutating func take(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep {
        guard !isAgreed else {
            throw prelude.malformed("plain text follows it where TLS was to begin, and anybody may have put it there")
        }
        if count == 0, speaksFirst, Self.recordTypes.contains(byte) {
            throw prelude.malformed("these are the bytes of TLS, which is spoken there from the beginning")
        }
        guard count < Self.longest else {
            throw prelude.tooLong("with it the server has said more than \(Self.longest) bytes before TLS")
        }
        count += 1
        turn += 1
        return try prelude.take(byte)
    }

    /// What an alert and a handshake of TLS begin with: no server of these protocols answers so who speaks first.
    private static let recordTypes: Set<UInt8> = [0x15, 0x16]

    /// What the end of the stream means, where the server has not agreed.
    var end: StartTLSFault {
        guard turn > 0 else { return .ended }
        let text = "cut off after \(turn) byte\(turn == 1 ? "" : "s")"
        return .message(MessageError(.truncated, prelude.subject, text))
    }
}
