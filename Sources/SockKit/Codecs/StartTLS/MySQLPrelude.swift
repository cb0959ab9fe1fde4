/// SSLRequest of MySQL and MariaDB: the server's greeting says what it can do, and nothing is answered to the request.
struct MySQLPrelude: StartTLSPrelude {
    private static let longest = 2 << 10
    private static let headLength = 4
    /// CLIENT_SSL, with CLIENT_PROTOCOL_41 and CLIENT_SECURE_CONNECTION.
    private static let (tls, capabilities): (UInt16, UInt32) = (0x0800, 0x0800 | 0x0200 | 0x8000)
    private static let longestPacket: UInt32 = 1 << 24
    /// utf8mb4, where the server names none.
    private static let usualCharset: UInt8 = 45

    let subject = "mysql greeting"
    private var packet: [UInt8] = []

    init() {}

    mutating func take(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep {
        packet.append(byte)
        guard packet.count >= Self.headLength else { return .more }
        let length = Int(packet[0]) | Int(packet[1]) << 8 | Int(packet[2]) << 16
        guard length <= Self.longest else {
            throw tooLong("it has a length of \(length), beyond the limit of \(Self.longest) bytes")
        }
        guard length > 0 else { throw malformed("it is empty") }
        guard packet.count == Self.headLength + length else { return .more }
        return try answer(Array(packet.dropFirst(Self.headLength)))
    }

    private func answer(_ greeting: [UInt8]) throws(StartTLSFault) -> StartTLSStep {
        if greeting[0] == 0xff { throw .says(try words(greeting)) }
        guard greeting[0] == 10 else {
            throw malformed("it is of version \(greeting[0]) of the protocol, and 10 was to come")
        }
        guard packet[3] == 0 else { throw malformed("its number is \(packet[3]), and 0 was to come") }
        guard let end = greeting.firstIndex(of: 0) else { throw malformed("the server's version in it has no end") }
        // Between them: the connection's number, eight bytes for the password, and one that is not used.
        let place = end + 1 + 4 + 8 + 1
        guard greeting.count >= place + 2 else { throw malformed("it ends before it says what the server can do") }
        guard greeting.span.littleEndian(UInt16.self, at: place) & Self.tls != 0 else {
            throw .refused("does not offer TLS")
        }
        let charset = greeting.count > place + 2 ? greeting[place + 2] : 0
        return .agreed(saying: request(charset: charset == 0 ? Self.usualCharset : charset))
    }

    /// The beginning of the answer to a greeting; the whole of it follows under TLS.
    private func request(charset: UInt8) -> [UInt8] {
        var bytes: [UInt8] = [32, 0, 0, 1]
        bytes.append(littleEndian: Self.capabilities)
        bytes.append(littleEndian: Self.longestPacket)
        bytes.append(charset)
        bytes += [UInt8](repeating: 0, count: 23)
        return bytes
    }

    /// Of an error: its number and text, without the state of SQL that may stand between them behind a #.
    private func words(_ error: [UInt8]) throws(StartTLSFault) -> [UInt8] {
        guard error.count >= 3 else { throw malformed("it is an error, and ends before the error's number does") }
        var text = error.dropFirst(3)
        if text.first == UInt8(ascii: "#") { text = text.dropFirst(6) }
        let number = error.span.littleEndian(UInt16.self, at: 1)
        var words = Array("error \(number)".utf8)
        if !text.isEmpty { words += ": ".utf8 }
        words += text
        return words
    }
}
