/// A prelude in which the server's messages are lines.
protocol LinePrelude: StartTLSPrelude {
    /// What has come of the next line.
    var line: [UInt8] { get set }

    /// Takes a line without its end.
    mutating func take(line: [UInt8]) throws(StartTLSFault) -> StartTLSStep
}

extension LinePrelude {
    private static var longestLine: Int { 2 << 10 }

    /// A newline alone ends a line as well: some servers send it so.
    mutating func take(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep {
        guard byte == UInt8(ascii: "\n") else {
            guard line.count < Self.longestLine else {
                throw tooLong("a line of it has no end within \(Self.longestLine) bytes")
            }
            line.append(byte)
            return .more
        }
        var whole: [UInt8] = []
        swap(&whole, &line)
        if whole.last == UInt8(ascii: "\r") { whole.removeLast() }
        return try take(line: whole)
    }
}

extension Collection<UInt8> {
    /// Whether they are this word, whatever the case of its letters, alone or with a space behind it.
    func begins(with word: String) -> Bool {
        guard prefix(word.utf8.count).elementsEqual(word.utf8, by: { $0.lowercased == $1.lowercased }) else {
            return false
        }
        let rest = dropFirst(word.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: " ")
    }
}
