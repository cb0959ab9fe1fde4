import SockKit

/// The fields that several events of a write-block probe share, in their order.
enum WriteBlockFields {
    static let ledger = [
        "bytes_accepted", "bytes_in_send_queue", "bytes_unsent", "bytes_in_receive_queue", "bytes_read_by_peer",
        "accounted",
    ]
    static let buffers = ["send_buffer_asked", "receive_buffer_asked", "send_buffer", "receive_buffer"]
}

extension WriteBlockEvent {
    var kind: EventKind {
        switch self {
        case .connected: .probing
        case .wrote: .wrote
        case .blocked: .blocked
        case .peerRead: .peerRead
        case .unblocked: .unblocked
        case .peerEnded: .peerEnded
        }
    }

    /// What is in the event besides its ends.
    var members: [JSONValue.Member] {
        switch self {
        case .connected(let setup):
            [.init("chunk", .integer(setup.chunk)), .init("own_peer", .boolean(setup.hasOwnPeer))]
                + setup.buffers.members
        case .wrote(let write):
            [
                .init("bytes", .integer(write.bytes)), .init("total", .integer(write.total)),
                .init("index", .integer(write.index)), .init("seconds", .seconds(write.duration)),
            ] + .some("error", write.error.map { Failure($0).json })
        case .blocked(let block): block.members
        case .peerRead(let read):
            [
                .init("bytes", .integer(read.bytes)), .init("total", .integer(read.total)),
                .init("index", .integer(read.index)),
            ] + .some("moved", read.moved.map(JSONValue.integer)) + .some("window", read.window.map(JSONValue.integer))
                + .some("mss", read.mss.map(JSONValue.integer))
                + .some("receive_buffer_free", read.room.map(JSONValue.integer))
                + (read.ledger?.membersUnsettled ?? [])
        case .unblocked(let unblock):
            [
                .init("seconds", .seconds(unblock.waited)), .init("reads", .integer(unblock.reads)),
                .init("bytes_read_by_peer", .integer(unblock.readBytes)),
            ] + .some("send_buffer", unblock.sendBuffer.map(JSONValue.integer))
                + .some("bytes_in_send_queue", unblock.inSendQueue.map(JSONValue.integer))
        case .peerEnded(let ending, let ledger): [.init("by", .string(ending.rawValue))] + ledger.members
        }
    }
}

extension WriteBlockEvent.Block {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("index", .integer(write)), .init("taken", .integer(taken)), .init("chunk", .integer(chunk)),
            .init("blocked_after", .seconds(after)),
        ] + ledger.members + buffers.members
            + .some("congestion_control", congestionControl.map(JSONValue.string))
            + .some("mss", mss.map(JSONValue.integer)) + .some("window", window.map(JSONValue.integer))
            + .some("receive_space", receiveSpace.map(JSONValue.integer))
    }
}

extension ByteLedger {
    /// Without a verdict where acknowledgements are still under way, as they are after a read that opened the window.
    fileprivate var membersUnsettled: [JSONValue.Member] {
        isBalanced == false ? members.filter { $0.name != "accounted" } : members
    }

    fileprivate var members: [JSONValue.Member] {
        [.init("bytes_accepted", .integer(accepted))]
            + .some("bytes_in_send_queue", inSendQueue.map(JSONValue.integer))
            + .some("bytes_unsent", unsent.map(JSONValue.integer))
            + .some("bytes_in_receive_queue", inReceiveQueue.map(JSONValue.integer))
            + .some("bytes_read_by_peer", readByPeer.map(JSONValue.integer))
            + .some("accounted", isBalanced.map(JSONValue.boolean))
    }
}

extension WriteBlockBuffers {
    fileprivate var members: [JSONValue.Member] {
        .some("send_buffer_asked", sendAsked.map(JSONValue.integer))
            + .some("receive_buffer_asked", receiveAsked.map(JSONValue.integer))
            + .some("send_buffer", send.map(JSONValue.integer))
            + .some("receive_buffer", receive.map(JSONValue.integer))
    }
}
