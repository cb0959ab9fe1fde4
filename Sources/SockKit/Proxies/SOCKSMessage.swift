/// One message of a SOCKS handshake, as a client or a server sends it.
///
/// None of them says at its beginning how long it is; each says so before its end. `leastLength` is asked again with
/// every byte that it asked for, and so a reader never takes a byte that is not the message's.
public protocol SOCKSMessage: Sendable, Hashable {
    /// What faults call it.
    static var subject: String { get }

    /// How long the message is at least, of which these are the first bytes and not yet all.
    ///
    /// No beginning of `bytes` is a whole message. Where the answer is `bytes.count` the message is whole. It only grows, and
    /// never beyond the message's own end.
    static func leastLength(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int

    /// The message that these bytes are, neither more nor fewer.
    init(whole bytes: Span<UInt8>) throws(SOCKSFault)

    /// Appends the message as it goes over the wire.
    func append(to bytes: inout [UInt8])
}

extension SOCKSMessage {
    /// The message as it goes over the wire.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    static func fault(_ reason: SOCKSFault.Reason) -> SOCKSFault { SOCKSFault(subject, reason) }

    /// Checks the number that every message begins with.
    static func check(_ version: UInt8, _ bytes: Span<UInt8>) throws(SOCKSFault) {
        guard bytes.isEmpty || bytes[0] == version else { throw fault(.version(bytes[0], wanted: version)) }
    }
}
