/// Puts a message of SOCKS together, however it was cut into reads, out of exactly its own bytes.
///
/// What is kept is what has come: a length that is claimed allocates nothing, and no message is longer than
/// `SOCKS4Request.longest`.
public struct SOCKSReader<Message: SOCKSMessage>: Sendable {
    private var buffer: [UInt8] = []
    /// How many bytes of the message are still to come at least: so many may be read, and there is no byte of another among
    /// them. 0 once it is whole.
    public private(set) var missing = 1
    /// The message, once it is whole.
    public private(set) var message: Message?

    public init() {}

    /// How many bytes of it have come.
    public var count: Int { buffer.count }

    /// Takes those of the bytes that belong to the message, and returns how many that were.
    ///
    /// Fewer than all means that the message is whole, and that the rest belongs to what follows it.
    public mutating func push(_ bytes: Span<UInt8>) throws(SOCKSFault) -> Int {
        var taken = 0
        while message == nil, taken < bytes.count {
            let step = min(missing, bytes.count - taken)
            buffer.append(bytes.extracting(taken..<taken + step))
            taken += step
            missing -= step
            guard missing == 0 else { continue }
            missing = try Message.leastLength(buffer.span) - buffer.count
            if missing == 0 { message = try Message(whole: buffer.span) }
        }
        return taken
    }

    /// What the end of the stream means: nil where nothing had come or the message is whole.
    public var fault: SOCKSFault? {
        message != nil || buffer.isEmpty ? nil : Message.fault(.cut(buffer.count))
    }
}
