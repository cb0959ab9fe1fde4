import SockKit

// What several events of a write-block probe tell.

extension EventField {
    /// Where every byte is that the writer's kernel took.
    static func ledger(_ ledger: @escaping @Sendable (Owner) -> ByteLedger?) -> [Self] {
        [
            Self("bytes_accepted", "How many bytes the writer's kernel took.") { ledger($0)?.accepted },
            Self("bytes_in_send_queue", "How many of them the sender's queue holds (SIOCOUTQ).") {
                ledger($0)?.inSendQueue
            },
            Self("bytes_unsent", "How many of these were not sent yet.") { ledger($0)?.unsent },
            Self("bytes_in_receive_queue", "How many wait in the receiver's queue (SIOCINQ).") {
                ledger($0)?.inReceiveQueue
            },
            Self("bytes_read_by_peer", "How many the peer has read.") { ledger($0)?.readByPeer },
        ]
    }

    /// Whether the places together hold all that was taken.
    static func accounted(_ value: @escaping @Sendable (Owner) -> Bool?) -> Self {
        Self("accounted", "Whether that is all of them.", value)
    }

    /// The two buffers, as asked for and as they are.
    static func buffers(_ buffers: @escaping @Sendable (Owner) -> WriteBlockBuffers) -> [Self] {
        [
            Self("send_buffer_asked", "The size asked for.") { buffers($0).sendAsked },
            Self("receive_buffer_asked", "The size asked for at the peer.") { buffers($0).receiveAsked },
            Self("send_buffer", "The writer's, as it is.") { buffers($0).send },
            Self("receive_buffer", "The peer's, as it is.") { buffers($0).receive },
        ]
    }
}

extension WriteBlockBuffers {
    /// What was asked for and what came of it: the kernel doubles a size, and clamps it before.
    func text(isTCP: Bool) -> String {
        func size(_ asked: Int?, _ granted: Int?) -> String {
            guard let granted else { return "not known" }
            return asked.map { "\(granted) bytes (asked for \($0))" }
                ?? "\(granted) bytes\(isTCP ? " (autotuned)" : "")"
        }
        return
            "sender's \(size(sendAsked, send)), receiver's \(receive == nil ? "not known" : size(receiveAsked, receive))"
    }
}
