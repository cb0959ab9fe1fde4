/// One direction of a relay: how much went, and when.
@Netpoller
final class RelayFlow {
    private let direction: RelayDirection
    private let counts: (@Netpoller @Sendable (RelayDirection, Int) -> Void)?
    private(set) var bytes = 0
    private(set) var firstAt: Deadline?
    /// Kept only while a limit needs it: reading the clock for every chunk is not free.
    private(set) var lastAt: Deadline = .now
    var keepsTime = false
    /// Taken from the input and not taken by the kernel.
    var stranded = 0
    private var steps = 0

    init(_ direction: RelayDirection, counts: (@Netpoller @Sendable (RelayDirection, Int) -> Void)?) {
        self.direction = direction
        self.counts = counts
    }

    func add(_ count: Int) {
        bytes += count
        if firstAt == nil || keepsTime {
            lastAt = .now
            if firstAt == nil { firstAt = lastAt }
        }
        counts?(direction, count)
    }

    /// Starts counting the time of silence anew.
    func touch() {
        lastAt = .now
    }

    /// Whether it is time to let others have the loop: two fast ends could otherwise keep it for ever.
    func shouldBreathe() -> Bool {
        steps &+= 1
        return steps & 15 == 0
    }
}
