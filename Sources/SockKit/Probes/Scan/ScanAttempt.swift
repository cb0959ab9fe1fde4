/// One attempt that the kernel has not decided, in a place that is used again for others.
struct ScanAttempt {
    enum Phase {
        /// A connect is in progress.
        case connecting
        /// A datagram was sent, and may be answered.
        case asking
        /// The connection stands, and its banner may come.
        case reading
    }

    // Invariant of its owner: the number is an open descriptor that nobody else closes, or -1 while the place is free. An
    // array has no elements that own.
    var number: Int32 = -1
    /// Which of the attempts in this place it is.
    var serial: UInt32 = 0
    var remote: Endpoint
    var start = Deadline.past
    var phase = Phase.connecting
    /// How long it took to connect.
    var opened = Duration.zero
    var banner: [UInt8] = []

    init(remote: Endpoint) { self.remote = remote }

    mutating func begin(_ number: Int32, _ remote: Endpoint, _ phase: Phase, at start: Deadline) {
        self.number = number
        self.remote = remote
        self.phase = phase
        self.start = start
        if !banner.isEmpty { banner = [] }
    }
}
