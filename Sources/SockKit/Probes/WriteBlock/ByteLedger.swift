/// Where the bytes are that the kernel has taken from a writer.
public struct ByteLedger: Sendable, Hashable {
    /// Taken from the writer.
    public var accepted = 0
    /// In the writer's socket, not acknowledged (SIOCOUTQ). On Unix sockets this is not a place of its own: it is the
    /// memory that the kernel uses for the bytes in the receiver's queue.
    public var inSendQueue: Int?
    /// Of these, never sent (SIOCOUTQNSD); TCP only.
    public var unsent: Int?
    /// In the peer's socket, not read (SIOCINQ); nil where it cannot be known.
    public var inReceiveQueue: Int?
    /// Read by the peer's program; nil where the peer is somebody else's.
    public var readByPeer: Int?
    /// Lost because a read was shorter than its message.
    public var cut = 0
    /// Whether the send queue is a place of its own.
    let hasSendQueue: Bool

    init(_ network: Network) {
        hasSendQueue = network.isTCP
    }

    /// Whether every byte is in one place; nil where a place cannot be looked into.
    ///
    /// A byte whose acknowledgement is under way is in both queues for a moment. Bytes that are in neither queue may have
    /// been read by somebody else's peer, so with such a peer only a complete sum is an answer.
    public var isBalanced: Bool? {
        guard let inReceiveQueue, let waiting = hasSendQueue ? inSendQueue : 0 else { return nil }
        let seen = waiting + inReceiveQueue + cut
        if let readByPeer { return seen + readByPeer == accepted }
        return seen == accepted ? true : seen > accepted ? false : nil
    }

    /// How many bytes the queues and the peer have together: for a write that has not returned yet.
    var inSight: Int? {
        guard let inReceiveQueue, let readByPeer else { return nil }
        return (hasSendQueue ? inSendQueue ?? 0 : 0) + inReceiveQueue + readByPeer + cut
    }
}
