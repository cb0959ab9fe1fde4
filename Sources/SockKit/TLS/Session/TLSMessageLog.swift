/// What went by in a handshake, with its times.
@safe final class TLSMessageLog {
    private let start = Deadline.now
    private(set) var messages: [TLSMessage] = []
    /// The handshake is over: what follows is not of it.
    var isClosed = false

    /// More than any handshake has.
    private static let most = 64

    fileprivate func note(isSent: Bool, _ kind: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard !isClosed, messages.count < Self.most, let name = unsafe TLSMessage.name(kind, bytes) else { return }
        messages.append(TLSMessage(isSent: isSent, name: name, bytes: bytes.count, time: .now - start))
    }

    static let callback:
        @convention(c) (Int32, Int32, Int32, UnsafeRawPointer?, Int, OpaquePointer?, UnsafeMutableRawPointer?) -> Void =
            {
                isSent, _, kind, bytes, count, session, _ in
                guard let log = unsafe TLSChannel.of(session: session)?.messages else { return }
                unsafe log.note(isSent: isSent == 1, kind, UnsafeRawBufferPointer(start: bytes, count: count))
            }
}

/// One message of a handshake.
public struct TLSMessage: Sendable, Hashable {
    /// It went from this side to the other.
    public let isSent: Bool
    /// `ClientHello`.
    public let name: String
    public let bytes: Int
    /// Since the handshake began.
    public let time: Duration

    /// What a message is called; nil for what is none: the head of a record, say.
    fileprivate static func name(_ kind: Int32, _ bytes: UnsafeRawBufferPointer) -> String? {
        switch kind {
        case 20: return "ChangeCipherSpec"
        case 21:
            guard bytes.count == 2 else { return "Alert" }
            let number = unsafe Int(bytes[1])
            if number == 0 { return "close_notify" }
            return "Alert " + (TLSErrorStory.nameOfAlert(number) ?? "\(number)")
        case 22:
            guard let type = unsafe bytes.first else { return nil }
            return names[type] ?? "message \(type)"
        default: return nil
        }
    }

    /// RFC 8446 section 4, and RFC 5246 section 7.4.
    private static let names: [UInt8: String] = [
        0: "HelloRequest", 1: "ClientHello", 2: "ServerHello", 3: "HelloVerifyRequest", 4: "NewSessionTicket",
        8: "EncryptedExtensions", 11: "Certificate", 12: "ServerKeyExchange", 13: "CertificateRequest",
        14: "ServerHelloDone", 15: "CertificateVerify", 16: "ClientKeyExchange", 20: "Finished",
        22: "CertificateStatus", 24: "KeyUpdate",
    ]
}
