/// The events by name: what `event` is in JSON. A name never changes once it is released.
enum EventKind: String, CaseIterable, Sendable {
    case listening
    case resolved
    case connecting
    case attemptFailed = "attempt-failed"
    case synRetransmitted = "syn-retransmitted"
    case connected
    case accepted
    case socketOptions = "socket-options"
    case firstByte = "first-byte"
    case read
    case wrote
    case datagramReceived = "datagram-received"
    case datagramSent = "datagram-sent"
    case halfClosed = "half-closed"
    case inputUnfinished = "input-unfinished"
    case messageCut = "message-cut"
    case inputDropped = "input-dropped"
    case closed
    case failed
    case retrying
    case peerRefused = "peer-refused"
    case stopping
    case probing, blocked, unblocked
    case peerRead = "peer-read"
    case peerEnded = "peer-ended"
    case reportsLost = "reports-lost"
    case syscall
    case summary
}

/// What it takes for an event to be reported.
enum EventLevel: Sendable {
    /// Nothing; `--quiet` leaves it out.
    case always
    /// `-v`, or `--json`.
    case verbose
    /// `-vv`.
    case veryVerbose
    /// `--trace`.
    case trace
    /// Nothing at all: errors are always reported.
    case error
}
