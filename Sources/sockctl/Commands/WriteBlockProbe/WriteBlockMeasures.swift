import SockKit

extension WriteBlockResult {
    /// The summary's fields, in the order of the documents.
    var measures: [Measure] {
        func known<Value>(_ value: Value?, as measure: (Value) -> Measure.Value) -> Measure.Value {
            value.map(measure) ?? .nothing
        }
        var list = [
            Measure("bytes_accepted", .count(ledger.accepted)),
            Measure("bytes_in_send_queue", .counted(ledger.inSendQueue)),
            Measure("bytes_unsent", .counted(ledger.unsent)),
            Measure("bytes_in_receive_queue", .counted(ledger.inReceiveQueue)),
            Measure("bytes_read_by_peer", .counted(ledger.readByPeer)), Measure("bytes_lost", .counted(lost)),
            Measure("writes", .count(writes)), Measure("last_write_bytes", .count(lastWriteBytes)),
            Measure("blocked", .flag(isBlocked)),
            Measure("blocked_after", known(blockedAfter, as: Measure.Value.duration)),
            Measure("unblocked_by_read", .counted(unblockedByRead)), Measure("send_buffer", .counted(buffers.send)),
            Measure("receive_buffer", .counted(buffers.receive)),
            Measure("send_buffer_asked", .counted(buffers.sendAsked)),
            Measure("receive_buffer_asked", .counted(buffers.receiveAsked)),
            Measure("congestion_control", known(congestionControl, as: Measure.Value.text)),
            Measure("mss", .counted(mss)),
            Measure("segments", .counted(segments)),
            Measure("sent_after", known(sentAfter, as: Measure.Value.duration)),
            Measure("accounted", known(isAccounted, as: Measure.Value.flag)),
            Measure("errors", .list(errors.map(\.code))),
        ]
        if let back {
            list += [
                Measure("peer_bytes_accepted", .count(back.ledger.accepted)),
                Measure("peer_blocked", .flag(back.blockedAfter != nil)),
                Measure("peer_bytes_lost", .count(back.lost)),
                Measure("peer_accounted", known(back.isAccounted, as: Measure.Value.flag)),
            ]
        }
        return list + [Measure("elapsed", .duration(elapsed))]
    }
}
