/// Version 1: a line of words with one space between them.
extension ProxyHeader {
    /// Reads a line without its end.
    init(line: some Collection<UInt8>) throws(MessageError) {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        switch words.dropFirst().first {
        // Whatever follows it is to be ignored.
        case "UNKNOWN": self.init(.one, nil)
        case "TCP4": self.init(.one, try Self.ends(words, .v4))
        case "TCP6": self.init(.one, try Self.ends(words, .v6))
        case let word: throw Self.malformed("'\((word ?? "").spelledOut)' is neither TCP4, TCP6 nor UNKNOWN")
        }
    }

    private static func ends(_ words: [String], _ family: IPAddress.Family) throws(MessageError) -> Ends {
        guard words.count == 6 else {
            throw malformed(
                "its line has \(words.count) words with one space between them, and not 6: "
                    + "PROXY, the family, two addresses and two ports")
        }
        let source = Endpoint.ip(try address(words[2], family), port: try port(words[4]))
        return Ends(source, to: .ip(try address(words[3], family), port: try port(words[5])))
    }

    private static func address(_ word: String, _ family: IPAddress.Family) throws(MessageError) -> IPAddress {
        guard let address = IPAddress(word), address.family == family, address.zone == nil else {
            throw malformed("'\(word.spelledOut)' is no \(family == .v4 ? "IPv4" : "IPv6") address")
        }
        return address
    }

    private static func port(_ word: String) throws(MessageError) -> UInt16 {
        let isPlain = word.utf8.allSatisfy { (48...57).contains($0) } && (word == "0" || word.utf8.first != 48)
        guard isPlain, let port = UInt16(word) else {
            throw malformed("'\(word.spelledOut)' is no port: a number from 0 to 65535 without leading zeros")
        }
        return port
    }

    private static func malformed(_ text: String) -> MessageError { MessageError(.malformed, subject, text) }
}
