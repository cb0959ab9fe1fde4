import SockKit

/// What a write-block probe found, as a paragraph in plain words.
struct WriteBlockConclusion {
    private let result: WriteBlockResult
    private let probe: WriteBlockProbe

    init(_ result: WriteBlockResult, _ probe: WriteBlockProbe) {
        self.result = result
        self.probe = probe
    }

    var text: String {
        let promise =
            "That a write succeeds means that this machine's kernel has the bytes, and promises nothing about the peer."
        return
            ([beginning, places, cut, unblocking, ending, undone, back, held, smallChunks].compactMap { $0 } + [promise])
            .joined(separator: " ")
    }

    private var beginning: String {
        let writes = "\(Quantity.count(result.writes, "write")) of \(Quantity.count(probe.chunk, "byte"))"
        let isCut = result.lastWriteBytes < probe.chunk
        let last = isCut ? ", the last of them cut off after \(result.lastWriteBytes)" : ""
        guard result.isBlocked else {
            guard result.ledger.accepted > 0 else { return "Not a byte was written." }
            return "The kernel took \(result.ledger.accepted) bytes in \(writes)\(last), and no write was blocked"
                + (result.ending == .neverBlocked ? ": \(reader)." : ".")
        }
        if result.unblockedByRead != nil {
            return """
                A write was blocked and went on. In the end the kernel had taken \(result.ledger.accepted) bytes in \
                \(writes)\(last).
                """
        }
        let block = result.errors.contains(where: \.isTimeout) ? "a write's deadline passed" : "a write was blocked"
        return "The kernel took \(result.ledger.accepted) bytes in \(writes)\(last)\(isCut ? "," : "") before \(block)."
    }

    /// Why no write was blocked.
    private var reader: String {
        probe.destination == nil && probe.reading == nil
            ? "time was up before the buffers were full" : "the peer reads as fast as these writes come"
    }

    private var places: String? {
        let ledger = result.ledger
        guard result.isBlocked, let waiting = ledger.inReceiveQueue else { return nil }
        if waiting == 0, ledger.readByPeer == ledger.accepted { return "The peer has read all of them." }
        let read = ledger.readByPeer.map { $0 == 0 ? "; the peer has read none" : "; the peer has read \($0)" } ?? ""
        let verb = result.lost ?? 0 > 0 && result.errors.contains { !$0.isTimeout } ? "were" : "are"
        if result.network.isTCP, let sending = ledger.inSendQueue {
            return "\(sending) of them \(verb) still in the sender's buffer and \(waiting) in the receiver's\(read)."
        }
        return "\(waiting) of them \(verb) in the receiver's queue, which is charged to the sender's buffer\(read)."
    }

    private var unblocking: String? {
        guard let read = result.unblockedByRead else { return nil }
        guard result.network.isTCP else { return "Read \(read) of the peer's made room, and the write went on." }
        return """
            Not every read makes room: the peer's kernel frees its buffer by whole segments, so a read that ends inside \
            one frees nothing of it, and announces a new window only once what is free is worth a segment; and a socket \
            is writable again only once a third of its send buffer is free. Read \(read) was the one that counted.
            """
    }

    private var ending: String? {
        guard let first = result.errors.first else { return nil }
        if first.isTimeout {
            return """
                A deadline is a point in time: until it is set anew every later write fails at once, without a byte.
                """
        }
        let order = result.errors.map { $0.errno?.description ?? $0.code }.joined(separator: ", then ")
        let fate =
            result.ledger.readByPeer == nil
            ? "the peer's kernel never acknowledged them" : "taken from the writer and never read"
        let least = result.ledger.readByPeer == nil ? "At least " : ""
        let lost = result.lost.map { "\(least)\($0) bytes are lost: \(fate). " } ?? ""
        let deed = probe.ending.map { "The peer \($0.deed). " } ?? "The connection broke. "
        return "\(deed)\(lost)The writes after it met: \(order)."
    }

    /// Says that `--then` did nothing.
    private var undone: String? {
        guard let ending = probe.ending, !result.isBlocked else { return nil }
        return "Because no write was blocked, '--then \(ending.rawValue)' did not happen."
    }

    private var back: String? {
        result.back.map { back in
            let lost = back.lost > 0 ? "; \(back.lost) of them are lost, for the peer's kernel still had them" : ""
            return
                "The other way the kernel took \(back.ledger.accepted) bytes\(lost): each direction has buffers of its own."
        }
    }

    private var cut: String? {
        guard result.ledger.cut > 0 else { return nil }
        return "\(result.ledger.cut) bytes are gone: a read that is shorter than the message loses the rest of it."
    }

    private var held: String? {
        guard probe.network.isTCP, !result.isBlocked, let segments = result.segments, let after = result.sentAfter,
            probe.chunk < result.mss ?? 0, result.writes > 1
        else { return nil }
        return
            "The writes left in \(Quantity.count(segments, "segment")), the last \(Quantity.duration(after)) after the last write."
    }

    private var smallChunks: String? {
        guard probe.chunk < 512, result.network.isTCP else { return nil }
        return """
            With so small a chunk the kernel's own overhead fills the buffer, and the total until a block differs from \
            run to run.
            """
    }
}
