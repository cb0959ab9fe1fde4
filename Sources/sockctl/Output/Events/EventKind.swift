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
    case message
    case acknowledged = "ack"
    case reply
    case gap
    case dropped
    case halfClosed = "half-closed"
    case inputUnfinished = "input-unfinished"
    case messageCut = "message-cut"
    case inputDropped = "input-dropped"
    case unanswered
    case keepAlive = "keep-alive"
    case closed
    case failed
    case retrying
    case disconnected
    case reconnected
    case heartbeat
    case heartbeatAnswered = "heartbeat-answered"
    case roundTrip = "round-trip"
    case peerRefused = "peer-refused"
    case stopping
    case dial
    case queue
    case probing, blocked, unblocked
    case peerRead = "peer-read"
    case peerEnded = "peer-ended"
    case reportsLost = "reports-lost"
    case torn
    case waited
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
    /// `-vv`, or `-v` with an option that is about single reads or writes.
    case transfer
    /// `--trace`.
    case trace
    /// Nothing at all: errors are always reported.
    case error
}
