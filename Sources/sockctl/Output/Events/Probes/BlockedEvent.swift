import SockKit

struct BlockedEvent: Event {
    static let name = "blocked"
    static let level = EventLevel.verbose
    static let summary = "A write found no room for half a second, or until its deadline."
    static let fields =
        Field.ends(\.ends) + [
            Field("index", "The write's number, from 1.", \.block.write),
            Field("taken", "How many of its own bytes were taken before.", \.block.taken),
            Field("chunk", "How many bytes each write is given.", \.block.chunk),
            Field("blocked_after", "The time since the start.", \.block.after),
        ] + Field.ledger(\.block.ledger) + [Field.accounted(\.block.ledger.isBalanced)]
        + Field.buffers(\.block.buffers) + [
            Field("congestion_control", "The algorithm's name.", \.block.congestionControl),
            Field("mss", "The largest segment.", \.block.mss),
            Field("window", "What the peer last said it could take (tcpi_snd_wnd).", \.block.window),
            Field(
                "receive_space", "What the peer's kernel takes its program to read at a time (tcpi_rcv_space).",
                \.block.receiveSpace),
        ]

    let ends: Ends
    let block: WriteBlockEvent.Block

    func text(on terminal: Terminal) -> String {
        let isTCP = ends.network.isTCP
        let who = block.writer == .peer ? "the peer is blocked" : "blocked"
        let taken = block.taken > 0 ? "\(block.taken) of its \(block.chunk) bytes were taken" : nil
        var lines = [
            terminal.paint("\(who) \(Quantity.duration(block.after)) after the start, in write \(block.write)", .error)
                + ": \(taken ?? "none of its \(block.chunk) bytes was taken")"
        ]
        lines += block.ledger.lines
        lines.append("  buffers: " + block.buffers.text(isTCP: isTCP))
        if isTCP { lines.append("  tcp: " + facts.joined(separator: ", ")) }
        return terminal.wrap(lines.joined(separator: "\n"))
    }

    private var facts: [String] {
        var facts: [String] = []
        if let window = block.window { facts.append("the peer's window \(window) bytes") }
        if let receiveSpace = block.receiveSpace { facts.append("its receive space \(receiveSpace)") }
        if let mss = block.mss { facts.append("mss \(mss)") }
        if let congestionControl = block.congestionControl { facts.append("congestion control \(congestionControl)") }
        return facts
    }
}

extension ByteLedger {
    /// Where every byte is, one place a line, and whether that is all of them.
    fileprivate var lines: [String] {
        func line(_ count: Int?, _ what: String) -> String {
            let number = count.map { "\($0)" } ?? "?"
            return "  " + String(repeating: " ", count: max(0, 12 - number.count)) + number + " bytes \(what)"
        }
        var lines = [line(accepted, "accepted")]
        if let unsent {
            let waiting = unsent == 0 ? "" : ", \(unsent) of them not sent yet"
            lines.append(line(inSendQueue, "in the sender's queue (SIOCOUTQ)\(waiting)"))
        }
        lines.append(
            line(
                inReceiveQueue,
                inReceiveQueue == nil
                    ? "in the receiver's queue: nobody tells" : "in the receiver's queue (SIOCINQ)"))
        if let readByPeer { lines.append(line(readByPeer, "read by the peer")) }
        if cut > 0 { lines.append(line(cut, "cut off by reads shorter than the message")) }
        if let isBalanced { lines[lines.count - 1] += isBalanced ? ": all accounted for" : ": they do not add up yet" }
        if unsent == nil, let inSendQueue {
            lines.append("  (SIOCOUTQ says \(inSendQueue): the kernel's memory for the same bytes)")
        }
        return lines
    }
}
