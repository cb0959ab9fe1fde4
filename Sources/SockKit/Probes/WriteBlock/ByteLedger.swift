/// Where the bytes are that a writer was told the kernel has taken.
public struct ByteLedger: Sendable, Hashable {
    /// Taken from the writer.
    public var accepted = 0
    /// In the writer's socket, not acknowledged (SIOCOUTQ). On Unix sockets this is the kernel's memory for the bytes in
    /// the receiver's queue, and not a place of its own.
    public var inSendQueue: Int?
    /// Of these, never sent (SIOCOUTQNSD); TCP only.
    public var unsent: Int?
    /// In the peer's socket, not read (SIOCINQ); nil where it cannot be known.
    public var inReceiveQueue: Int?
    /// Given to the peer's program; nil where the peer is somebody else's.
    public var readByPeer: Int?
    /// Thrown away by reads that were shorter than the message that they read.
    public var cut = 0
    /// Whether the send queue is a place of its own.
    let hasSendQueue: Bool

    init(_ network: Network) {
        hasSendQueue = network.isTCP
    }

    /// Whether every byte is in one place; nil where a place cannot be looked into.
    ///
    /// A byte whose acknowledgement is under way is in both queues: they agree once that has settled. Somebody else's
    /// peer may have read what is in neither queue, and only if that is nothing is every byte in sight.
    public var isBalanced: Bool? {
        guard let inReceiveQueue, let waiting = hasSendQueue ? inSendQueue : 0 else { return nil }
        let seen = waiting + inReceiveQueue + cut
        if let readByPeer { return seen + readByPeer == accepted }
        return seen == accepted ? true : seen > accepted ? false : nil
    }

    /// What the queues and the peer have, whatever the writer was told: for a write that has not returned.
    var inSight: Int? {
        guard let inReceiveQueue, let readByPeer else { return nil }
        return (hasSendQueue ? inSendQueue ?? 0 : 0) + inReceiveQueue + readByPeer + cut
    }
}
