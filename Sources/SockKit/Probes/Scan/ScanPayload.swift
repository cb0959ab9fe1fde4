/// What a scan sends to a port of UDP: most services answer only to what they understand.
enum ScanPayload {
    /// A question that is harmless, for the services that are found most; nothing for all others, which is a datagram too.
    static func bytes(for port: UInt16) -> [UInt8] {
        switch port {
        case 53: nameServers
        case 123: time
        default: []
        }
    }

    /// DNS (RFC 1035): which name servers has the root?
    private static let nameServers: [UInt8] = [
        0x53, 0x6b, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0,  // its number, recursion desired, one question
        0, 0, 2, 0, 1,  // the root, NS, IN
    ]

    /// NTP (RFC 5905): a client of version 4 asks for the time.
    private static let time: [UInt8] = [0x23] + [UInt8](repeating: 0, count: 47)
}
