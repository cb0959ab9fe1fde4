import SockKit

struct UnblockedEvent: Event {
    static let name = "unblocked"
    static let level = EventLevel.verbose
    static let summary = "A write that was blocked goes on, after so many reads of the peer."
    static let fields =
        Field.ends(\.ends) + [
            Field("seconds", "How long it was blocked.", \.unblock.waited),
            Field("reads", "How many reads of the peer it took.", \.unblock.reads),
            Field("bytes_read_by_peer", "How many bytes they read.", \.unblock.readBytes),
            Field("send_buffer", "The writer's, as it is.", \.unblock.sendBuffer),
            Field("bytes_in_send_queue", "What the sender's queue holds.", \.unblock.inSendQueue),
        ]

    let ends: Ends
    let unblock: WriteBlockEvent.Unblock

    func text(on terminal: Terminal) -> String {
        let who = unblock.writer == .peer ? "the peer goes on" : "unblocked"
        var text = terminal.paint("\(who) \(Quantity.duration(unblock.waited)) after the block", .good)
        if unblock.reads > 0 { text += ", at read \(unblock.reads) of the peer (\(unblock.readBytes) bytes read)" }
        if ends.network.isTCP, let buffer = unblock.sendBuffer {
            text += "\n  a socket polls writable once a third of its send buffer (\(buffer) bytes) is free"
        }
        return terminal.wrap(text)
    }
}
