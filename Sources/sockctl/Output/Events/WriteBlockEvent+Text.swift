import SockKit

extension WriteBlockEvent {
    /// The event as lines for people, without the newline at the end.
    func text(of ends: Ends, on terminal: Terminal) -> String {
        let text = longText(of: ends, on: terminal)
        guard terminal.isTerminal, text.utf8.count >= terminal.columns else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Self.broken($0, width: terminal.columns - 1) }.joined(separator: "\n")
    }

    /// A line broken at its words, where it is too long; what follows is indented further than it is.
    private static func broken(_ line: Substring, width: Int) -> String {
        let indent = line.prefix { $0 == " " }
        var (text, column) = (String(indent), indent.count)
        for word in line.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false) {
            // Colours take up no column.
            let length = String(word).replacing(/\u{1b}\[[0-9;]*m/, with: "").count
            if column > indent.count {
                let fits = column + 1 + length <= width
                text += fits ? " " : "\n" + indent + "    "
                column = fits ? column + 1 : indent.count + 4
            }
            text += word
            column += length
        }
        return text
    }

    private func longText(of ends: Ends, on terminal: Terminal) -> String {
        switch self {
        case .connected(let setup): return setup.text(on: terminal)
        case .wrote(let write):
            return (write.writer == .peer ? "peer: " : "")
                + "write \(write.bytes) bytes this time, \(write.total) bytes in total"
                + (write.isGivenUp ? ", cut off: it still waited for room" : "")
                + (write.error.map { ", " + terminal.paint("error: \($0.description)", .error) } ?? "")
        case .blocked(let block): return block.text(isTCP: ends.network.isTCP, on: terminal)
        case .peerRead(let read): return read.text
        case .unblocked(let unblock): return unblock.text(isTCP: ends.network.isTCP, on: terminal)
        case .peerEnded(let ending, let ledger):
            let unread = ledger.inReceiveQueue.map { ", with \($0) bytes unread" } ?? ""
            return terminal.paint("the peer \(ending.deed)", .error) + unread
        }
    }
}

extension WriteBlockProbe.PeerEnding {
    /// What the peer did, as `was killed`.
    var deed: String {
        switch self {
        case .kill: "was killed (SIGKILL)"
        case .close: "closed its socket"
        case .reset: "reset the connection"
        case .drain: "read everything"
        }
    }
}

extension WriteBlockEvent.Setup {
    fileprivate func text(on terminal: Terminal) -> String {
        let place = remote == .unix(.unnamed) ? "the peer" : remote.description
        return "writing \(chunk) bytes at a time to \(terminal.paint(place, .address)) (\(network)"
            + (hasOwnPeer ? ", a peer of our own)" : ")") + "\n  buffers: " + buffers.text(isTCP: network.isTCP)
    }
}

extension WriteBlockBuffers {
    /// What was asked for and what came of it: the kernel doubles a size, and clamps it before.
    fileprivate func text(isTCP: Bool) -> String {
        func size(_ asked: Int?, _ granted: Int?) -> String {
            guard let granted else { return "not known" }
            return asked.map { "\(granted) bytes (asked for \($0))" }
                ?? "\(granted) bytes\(isTCP ? " (autotuned)" : "")"
        }
        return
            "sender's \(size(sendAsked, send)), receiver's \(receive == nil ? "not known" : size(receiveAsked, receive))"
    }
}

extension WriteBlockEvent.Block {
    fileprivate func text(isTCP: Bool, on terminal: Terminal) -> String {
        let who = writer == .peer ? "the peer is blocked" : "blocked"
        let share = taken > 0 ? "\(taken) of its \(chunk) bytes were taken" : "none of its \(chunk) bytes was taken"
        var lines = [
            terminal.paint("\(who) \(Quantity.duration(after)) after the start, in write \(write)", .error)
                + ": \(share)"
        ]
        lines += ledger.lines
        lines.append("  buffers: " + buffers.text(isTCP: isTCP))
        if isTCP {
            var facts: [String] = []
            if let window { facts.append("the peer's window \(window) bytes") }
            if let receiveSpace { facts.append("its receive space \(receiveSpace)") }
            if let mss { facts.append("mss \(mss)") }
            if let congestionControl { facts.append("congestion control \(congestionControl)") }
            lines.append("  tcp: " + facts.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
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
        if unsent != nil {
            let waiting = unsent.map { $0 == 0 ? "" : ", \($0) of them not sent yet" } ?? ""
            lines.append(line(inSendQueue, "in the sender's queue (SIOCOUTQ)\(waiting)"))
        }
        lines.append(
            inReceiveQueue == nil
                ? "             ? bytes in the receiver's queue: nobody tells"
                : line(inReceiveQueue, "in the receiver's queue (SIOCINQ)"))
        if let readByPeer { lines.append(line(readByPeer, "read by the peer")) }
        if cut > 0 { lines.append(line(cut, "cut off by reads shorter than the message")) }
        if let isBalanced { lines[lines.count - 1] += isBalanced ? ": all accounted for" : ": they do not add up yet" }
        if unsent == nil, let inSendQueue {
            lines.append("  (SIOCOUTQ says \(inSendQueue): the kernel's memory for the same bytes)")
        }
        return lines
    }
}

extension WriteBlockEvent.PeerRead {
    fileprivate var text: String {
        var line = "the peer read \(bytes) bytes this time, \(total) bytes in total"
        guard let ledger, let left = ledger.inReceiveQueue else { return line }
        line += "; \(left) wait there"
        guard let moved else { return line }
        if moved > 0 { return line + "; its window opened and \(moved) bytes came after" }
        if ledger.inSendQueue == 0 { return line }
        line += "; too little room for a window update, nothing moved"
        guard let room else { return line }
        let least = mss.flatMap { room < $0 ? " (less than an mss of \($0))" : nil } ?? ""
        return line + ": \(room) bytes of its buffer are free\(least), as a segment is released once read to its end"
    }
}

extension WriteBlockEvent.Unblock {
    fileprivate func text(isTCP: Bool, on terminal: Terminal) -> String {
        let who = writer == .peer ? "the peer goes on" : "unblocked"
        var line = terminal.paint("\(who) \(Quantity.duration(waited)) after the block", .good)
        if reads > 0 { line += ", at read \(reads) of the peer (\(readBytes) bytes read)" }
        guard isTCP, let sendBuffer else { return line }
        return line + "\n  a socket polls writable once a third of its send buffer (\(sendBuffer) bytes) is free"
    }
}
