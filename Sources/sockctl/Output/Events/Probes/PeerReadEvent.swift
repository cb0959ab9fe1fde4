import SockKit

struct PeerReadEvent: Event {
    static let name = "peer-read"
    static let level = EventLevel.verbose
    static let summary = "The probe's peer read; `moved` bytes could leave the sender's queue for it."
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.read.bytes), Field("total", "How many bytes it read so far.", \.read.total),
            Field("index", "The read's number, from 1.", \.read.index),
            Field("moved", "How many bytes went from one queue to the other because of it.", \.read.moved),
            Field("window", "What the peer last said it could take.", \.read.window),
            Field("mss", "By what the peer's kernel reckons whether room is worth telling.", \.read.mss),
            Field("receive_buffer_free", "What of its buffer is free.", \.read.room),
        ] + Field.ledger(\.read.ledger)
        // No verdict while acknowledgements are under way, as they are after a read that opened the window.
        + [Field.accounted { $0.read.ledger?.isBalanced == true ? true : nil }]

    let ends: Ends
    let read: WriteBlockEvent.PeerRead

    func text(on terminal: Terminal) -> String { terminal.wrap(sentence) }

    private var sentence: String {
        var line = "the peer read \(read.bytes) bytes this time, \(read.total) bytes in total"
        guard let ledger = read.ledger, let left = ledger.inReceiveQueue else { return line }
        line += "; \(left) wait there"
        guard let moved = read.moved else { return line }
        if moved > 0 { return line + "; its window opened and \(moved) bytes came after" }
        if ledger.inSendQueue == 0 { return line }
        line += "; too little room for a window update, nothing moved"
        guard let room = read.room else { return line }
        let least = read.mss.flatMap { room < $0 ? " (less than an mss of \($0))" : nil } ?? ""
        return line + ": \(room) bytes of its buffer are free\(least), as a segment is released once read to its end"
    }
}
