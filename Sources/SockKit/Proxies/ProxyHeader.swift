/// What the PROXY protocol says before the first byte of a connection: between which ends it was made, whoever passes it
/// on. Both its versions are those of HAProxy's `proxy-protocol.txt`.
public struct ProxyHeader: Sendable, Hashable {
    /// A line of text, or bytes that also have room for more than the ends.
    public enum Version: Int, Sendable, Hashable, CaseIterable {
        case one = 1
        case two = 2
    }

    /// What is passed on.
    public enum Traffic: UInt8, Sendable, Hashable {
        case stream = 1
        case datagram = 2
    }

    /// The ends of the connection that is passed on.
    public struct Ends: Sendable, Hashable {
        /// Who made it.
        public let source: Endpoint
        /// Whom it reached.
        public let destination: Endpoint
        public let transport: Traffic

        public init(_ source: Endpoint, to destination: Endpoint, _ transport: Traffic = .stream) {
            self.source = source
            self.destination = destination
            self.transport = transport
        }
    }

    /// Something else that version 2 says, in a form of its own that its type decides.
    public struct Field: Sendable, Hashable {
        public let type: UInt8
        public let value: [UInt8]

        public init(_ type: UInt8, _ value: [UInt8]) {
            self.type = type
            self.value = value
        }

        /// PP2_TYPE_CRC32C
        static let checksum: UInt8 = 3
        static let headLength = 3
    }

    public let version: Version
    /// The sender made the connection for itself, as for a look whether anybody is there, and passes nothing on (LOCAL).
    public let isLocal: Bool
    /// Nil where the header names none: what the sockets themselves say counts then.
    public let ends: Ends?
    /// The fields of version 2 without the checksum, which is made when it is written and was checked when it was read.
    public let fields: [Field]

    /// A header of a connection that is passed on; without `ends` one that does not say between whom it was made.
    public init(_ version: Version, _ ends: Ends?, fields: [Field] = []) {
        self.init(version, isLocal: false, ends, fields)
    }

    init(_ version: Version, isLocal: Bool, _ ends: Ends?, _ fields: [Field]) {
        self.version = version
        self.isLocal = isLocal
        self.ends = ends
        self.fields = fields
    }

    /// A header of a connection that is the sender's own; version 1 can only say that it names no ends.
    public static func local(_ version: Version) -> ProxyHeader {
        ProxyHeader(version, isLocal: version == .two, nil, [])
    }

    // MARK: - The forms on the wire

    static let subject = "PROXY header"

    /// What version 1 begins with, and the longest line with its end.
    static let textStart = Array("PROXY ".utf8)
    static let longestText = 107

    /// What version 2 begins with: no text, and nothing that a server of lines would take for a line.
    static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    /// The signature, version and command, family and transport, and the length of what follows.
    static let fixedLength = 16

    /// A family of addresses in version 2, with the length of two of them and what goes with them.
    enum Family: UInt8 {
        case unspecified = 0
        case v4 = 1
        case v6 = 2
        case unix = 3

        var length: Int {
            switch self {
            case .unspecified: 0
            case .v4: 12
            case .v6: 36
            case .unix: 2 * Self.pathLength
            }
        }

        /// `sun_path`, on every system that the protocol knows of.
        static let pathLength = 108
    }
}
