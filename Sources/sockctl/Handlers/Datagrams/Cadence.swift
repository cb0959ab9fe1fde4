import SockKit

/// When the next datagram may go: by a fixed interval, or so that no more than so many bytes go in a second.
///
/// Reckoned from the start, so that being late once does not make all that follow late.
@Netpoller
final class Cadence {
    private let interval: Duration?
    private let rate: Int?
    private var start: Deadline?
    private var count = 0
    private var bytes = 0

    init(interval: Duration?, rate: Int?) {
        self.interval = interval
        self.rate = rate
    }

    /// The moment from which the next one may go; nil is at once.
    func due() -> Deadline? {
        guard let start else { return nil }
        if let interval { return start + interval * count }
        return rate.map { start + .seconds(Double(bytes) / Double($0)) }
    }

    func note(bytes more: Int) {
        if start == nil { start = .now }
        count += 1
        bytes += more
    }
}
