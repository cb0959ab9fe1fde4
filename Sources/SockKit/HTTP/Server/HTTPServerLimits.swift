/// What a server takes of its clients, and how long it waits for them. A time that is nil is without limit.
public struct HTTPServerLimits: Sendable {
    /// How much of one request is taken.
    public var message: MessageLimits
    /// For a whole head, from its first byte: 408 after that.
    public var header: Duration?
    /// For the content of a request, and a second more for each `minimumRate` bytes that came: 408 after that.
    public var body: Duration?
    /// For each piece of an answer that has to wait for the client, of at most `HTTPExchange.piece` bytes, of a file twice
    /// as many.
    public var write: Duration?
    /// For the next request, and for the first.
    public var idle: Duration?
    /// The most that is read and dropped of a request that was answered before it was all there.
    public var drain = 256 << 10
    /// As long as this is done.
    public var drainTime = Duration.seconds(1)

    /// Bytes a second that content has to bring once its first time is over.
    public static let minimumRate = 1024

    /// The limits of `http-serve`.
    public init(
        message: MessageLimits = MessageLimits(), header: Duration? = .seconds(10), body: Duration? = .seconds(30),
        write: Duration? = .seconds(30), idle: Duration? = .seconds(60)
    ) {
        self.message = message
        self.header = header
        self.body = body
        self.write = write
        self.idle = idle
    }
}
