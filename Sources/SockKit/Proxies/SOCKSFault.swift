/// Why bytes are no message of SOCKS: which message they were to be, and what is wrong.
public struct SOCKSFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with them.
    public enum Reason: Sendable, Hashable {
        /// It begins with another version's number.
        case version(UInt8, wanted: UInt8)
        /// The type of an address is none of 1, 3 and 4; a server answers that with `SOCKS5Reply.Code.addressTypeUnsupported`.
        case addressType(UInt8)
        /// A byte that must be zero is not.
        case reserved(UInt8)
        /// A field that must not be empty is.
        case empty(String)
        /// A host's name is no UTF-8, or has spaces or control bytes in it.
        case badName
        /// A field has no end within its limit.
        case tooLong(String, limit: Int)
        /// The bytes ended inside the message: so many had come.
        case cut(Int)
    }

    /// Which message: `SOCKS5 request`.
    public let subject: String
    public let reason: Reason

    init(_ subject: String, _ reason: Reason) {
        self.subject = subject
        self.reason = reason
    }

    /// The fault as it is reported.
    public var message: MessageError {
        switch reason {
        case .tooLong: MessageError(.tooLong, subject, text)
        case .cut: MessageError(.truncated, subject, text)
        default: MessageError(.malformed, subject, text)
        }
    }

    public var description: String { message.description }

    private var text: String {
        switch reason {
        case .version(let found, let wanted): "its first byte is \(found), and \(wanted) was to come"
        case .addressType(let type): "an address of type \(type), which is neither 1 (IPv4), 3 (a name) nor 4 (IPv6)"
        case .reserved(let byte): "a byte that is to be zero is \(byte)"
        case .empty(let field): "the \(field) is empty"
        case .badName: "the host's name is not UTF-8, or has spaces or control bytes in it"
        case .tooLong(let field, let limit): "the \(field) is longer than \(limit) bytes"
        case .cut(let count): "cut off after \(count) byte\(count == 1 ? "" : "s")"
        }
    }
}
