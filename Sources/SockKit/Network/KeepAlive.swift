/// TCP keep-alive: whether and when the kernel probes a silent peer.
public struct KeepAlive: Sendable, Hashable {
    /// Silence before the first probe; nil switches probing off.
    public var idle: Duration?
    /// Between probes.
    public var interval: Duration
    /// Unanswered probes that end the connection.
    public var count: Int32

    public init(idle: Duration?, interval: Duration = .seconds(15), count: Int32 = 9) {
        self.idle = idle
        self.interval = interval
        self.count = count
    }

    /// Go's defaults: 15 s, 15 s, 9.
    public static let standard = KeepAlive(idle: .seconds(15))
    public static let off = KeepAlive(idle: nil)
}
