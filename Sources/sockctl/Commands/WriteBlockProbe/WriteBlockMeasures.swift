import SockKit

extension WriteBlockResult {
    /// The summary's fields, in the order of the documents.
    var measures: [Measure] {
        func count(_ value: Int?) -> Measure.Value { value.map(Measure.Value.count) ?? .nothing }
        func text(_ value: String?) -> Measure.Value { value.map(Measure.Value.text) ?? .nothing }
        func flag(_ value: Bool?) -> Measure.Value { value.map(Measure.Value.flag) ?? .nothing }
        var list = [
            Measure("bytes_accepted", .count(ledger.accepted)),
            Measure("bytes_in_send_queue", count(ledger.inSendQueue)), Measure("bytes_unsent", count(ledger.unsent)),
            Measure("bytes_in_receive_queue", count(ledger.inReceiveQueue)),
            Measure("bytes_read_by_peer", count(ledger.readByPeer)), Measure("bytes_lost", count(lost)),
            Measure("writes", .count(writes)), Measure("last_write_bytes", .count(lastWriteBytes)),
            Measure("blocked", .flag(isBlocked)),
            Measure("blocked_after", blockedAfter.map(Measure.Value.duration) ?? .nothing),
            Measure("unblocked_by_read", count(unblockedByRead)), Measure("send_buffer", count(buffers.send)),
            Measure("receive_buffer", count(buffers.receive)),
            Measure("send_buffer_asked", count(buffers.sendAsked)),
            Measure("receive_buffer_asked", count(buffers.receiveAsked)),
            Measure("congestion_control", text(congestionControl)), Measure("mss", count(mss)),
            Measure("segments", count(segments)),
            Measure("sent_after", sentAfter.map(Measure.Value.duration) ?? .nothing),
            Measure("accounted", flag(isAccounted)),
            Measure("errors", .list(errors.map(\.code))),
        ]
        if let back {
            list += [
                Measure("peer_bytes_accepted", .count(back.ledger.accepted)),
                Measure("peer_blocked", .flag(back.blockedAfter != nil)),
                Measure("peer_bytes_lost", .count(back.lost)), Measure("peer_accounted", flag(back.isAccounted)),
            ]
        }
        return list + [Measure("elapsed", .duration(elapsed))]
    }
}
