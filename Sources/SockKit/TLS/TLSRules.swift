/// What both sides of TLS are told: which versions and ciphers, what to prove who one is with, and what to write down.
public struct TLSRules: Sendable {
    /// A version of TLS; older ones are broken, and not to be had here.
    public enum Version: String, Sendable, CaseIterable, Comparable {
        case v12 = "1.2"
        case v13 = "1.3"

        public static func < (left: Version, right: Version) -> Bool { left == .v12 && right == .v13 }

        var number: Int { self == .v12 ? TLSNumber.version12 : TLSNumber.version13 }
    }

    /// A certificate, with those that lead to its root, and its key: files in PEM.
    public struct Identity: Sendable, Equatable {
        public var certificate: ByteString
        public var key: ByteString

        public init(certificate: ByteString, key: ByteString) {
            (self.certificate, self.key) = (certificate, key)
        }
    }

    public var minimum = Version.v12
    public var maximum = Version.v13
    /// The library's list of ciphers: names with colons between them.
    public var ciphers: String?
    /// The protocols above TLS, the best first.
    public var protocols: [String] = []
    /// A server's own; several for several names. A client's is the first.
    public var identities: [Identity] = []
    /// The first line of this file opens the keys.
    public var passwordFile: ByteString?
    /// Files and folders of those who are trusted; empty is the system's own.
    public var authorities: [ByteString] = []
    /// Certificates that were taken back.
    public var revocations: ByteString?
    /// The secrets go there, for a tool that looks into a recording.
    public var keyLog: ByteString?
    /// Whether it is a failure that the file cannot be had: whom nobody has asked on this command line goes on without it.
    public var needsKeyLog = true
    /// Told of secrets, or of sessions, that cannot be written any more; the connections go on.
    public var onUnwritten: (@Netpoller @Sendable (NetworkError) -> Void)?
    /// How long the two sides may take to agree; nil is as long as the connection lasts.
    public var handshakeTimeout: Duration? = .seconds(10)
    /// The end of what is written is said (close_notify), though the other side goes on.
    public var saysEnd = false
    /// What the paths lead to where that was copied.
    var files: [NamedFile] = []

    public init() {}
}

/// How a client decides whether it has reached whom it meant.
public struct TLSTrust: Sendable, Equatable {
    /// The name that the certificate has to have, where it is not the one that was dialled.
    public var name: String?
    /// SHA-256 of the certificate, which then needs nothing else.
    public var pins: [CertificatePin] = []
    /// Whatever the certificate says.
    public var isInsecure = false

    public init() {}
}

/// SHA-256 of a certificate.
public struct CertificatePin: Sendable, Hashable, CustomStringConvertible {
    public let bytes: [UInt8]

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// 64 hexadecimal digits, perhaps with colons between every two; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16),
                digits[index] != UInt8(ascii: "+")
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
