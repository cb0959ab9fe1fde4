/// In what pieces a stream is read and written, and how fast.
public struct Pace: Sendable, Hashable {
    /// What one read may give; nil is as much as is good at once.
    public var readSize: Int?
    /// What one write may take; nil is all there is.
    public var writeSize: Int?
    /// Before the first read.
    public var firstReadDelay = Duration.zero
    /// Before every other read.
    public var readDelay = Duration.zero
    /// Before every write but the first.
    public var writeDelay = Duration.zero
    /// Before every line that is written but the first.
    public var lineDelay = Duration.zero
    /// So many bytes in a second, in each direction.
    public var rate: Int?

    public init() {}

    /// Nothing is asked of reads: they may be as large as they come, and happen in the kernel.
    public var readsFreely: Bool {
        readSize == nil && firstReadDelay == .zero && readDelay == .zero && rate == nil
    }

    /// Nothing is asked of writes.
    public var writesFreely: Bool {
        writeSize == nil && writeDelay == .zero && lineDelay == .zero && rate == nil
    }
}

/// Spreads bytes over time: at most `rate` of them in a second, in slices of a twentieth of that, or of what a read gives
/// at once if that is less. A message goes whole, and its time is waited for behind it.
struct Throttle {
    private let rate: Int?
    private let keepsMessages: Bool
    private var freeAt = Deadline.past

    init(rate: Int?, keepsMessages: Bool = false) {
        self.rate = rate
        self.keepsMessages = keepsMessages
    }

    /// What may go at once; nil is any number.
    var slice: Int? { keepsMessages ? nil : rate.map { min(max(1, $0 / 20), BufferPool.bufferSize) } }

    /// A slice may go so much too early: no timer is worth setting for less.
    private static let tolerance = Duration.milliseconds(1)

    /// When the next slice may go; nil is now.
    var pause: Deadline? {
        guard rate != nil, freeAt - .now > Self.tolerance else { return nil }
        return freeAt
    }

    /// Notes that bytes went.
    mutating func note(_ count: Int, at now: Deadline = .now) {
        guard let rate else { return }
        freeAt = max(freeAt, now) + .seconds(Double(count) / Double(rate))
    }
}
