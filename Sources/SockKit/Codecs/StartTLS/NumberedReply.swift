/// A reply of SMTP or FTP: three digits and text, on one line or several (RFC 5321 section 4.2, RFC 959 section 4.2).
struct NumberedReply: Sendable, Hashable {
    /// In FTP a line between the first and the last may be anything; in SMTP each has the same digits.
    let isLoose: Bool
    private(set) var code = 0
    /// What stands behind the digits, line by line.
    private(set) var texts: [[UInt8]] = []

    init(isLoose: Bool = false) {
        self.isLoose = isLoose
    }

    /// Takes a line and says whether it was the last one; nil where no reply has such a line.
    mutating func take(_ line: [UInt8]) -> Bool? {
        let digits = line.prefix(3)
        let number = digits.reduce(0) { 10 * $0 + Int($1) - 48 }
        let mark = line.count > 3 ? line[3] : UInt8(ascii: " ")
        let isOne =
            digits.count == 3 && digits.allSatisfy { (48...57).contains($0) }
            && (mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-"))
        guard isOne, texts.isEmpty || number == code else {
            guard isLoose, !texts.isEmpty else { return nil }
            texts.append(line)
            return false
        }
        code = number
        texts.append(Array(line.dropFirst(4)))
        return mark == UInt8(ascii: " ")
    }

    /// What it means where something else was to come.
    var isRefusal: Bool { (400...599).contains(code) }

    /// The digits, and then the text of all lines.
    var words: [UInt8] {
        Array("\(code) ".utf8) + texts.joined(separator: [UInt8(ascii: " ")])
    }
}

/// A prelude in which the server's messages are such replies.
protocol NumberedPrelude: LinePrelude {
    /// What has come of the next reply.
    var reply: NumberedReply { get set }

    /// Takes a whole reply.
    mutating func take(reply: NumberedReply) throws(StartTLSFault) -> StartTLSStep
}

extension NumberedPrelude {
    mutating func take(line: [UInt8]) throws(StartTLSFault) -> StartTLSStep {
        guard let isLast = reply.take(line) else {
            throw malformed("'\(PeerWords(line))' is no line of a reply: three digits, the same on each, and text")
        }
        guard isLast else { return .more }
        let whole = reply
        reply = NumberedReply(isLoose: whole.isLoose)
        return try take(reply: whole)
    }

    /// What is wrong with a reply where another was to come.
    func fault(_ reply: NumberedReply, wanted: Int) -> StartTLSFault {
        reply.isRefusal ? .says(reply.words) : malformed("its code is \(reply.code), and \(wanted) was to come")
    }
}
