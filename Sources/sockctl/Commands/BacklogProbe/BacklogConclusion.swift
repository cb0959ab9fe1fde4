import SockKit

/// The last paragraph of a backlog probe: what happened, what decided it, and what other documents say of it.
struct BacklogConclusion {
    private let result: BacklogResult
    private let probe: BacklogProbe

    init(_ result: BacklogResult, _ probe: BacklogProbe) {
        self.result = result
        self.probe = probe
    }

    var text: String {
        [interrupted, admitted, met, decided, counted, patience, written, closed, elsewhere].compactMap { $0 }
            .joined(separator: " ")
    }

    private var plan: BacklogPlan { result.plan }
    private var isOwn: Bool { plan.isOwn }
    private var connected: Int { result.count(.connected) }
    private var left: Int { result.dials.count - connected }
    private var waited: Int { result.dials.count { $0.waited } }
    private var isTCP: Bool { plan.network.isTCP }

    private var interrupted: String? {
        guard result.isPartial else { return nil }
        guard result.undecided > 0 else { return "Interrupted; what follows is what was decided by then." }
        let were = result.undecided == 1 ? "dial was" : "dials were"
        return "Interrupted: \(result.undecided) \(were) still waiting; what follows is what was decided by then."
    }

    private var admitted: String {
        let atOnce = result.dials.count { $0.outcome == .connected && !$0.waited }
        let all = Quantity.count(result.dials.count, "dial")
        var text = "Of \(all), \(atOnce) got in at once"
        if isOwn {
            text +=
                result.accepts.isEmpty
                ? " although nobody accepted any: the kernel connects as long as the listener's queue has room."
                : ": the kernel connects as long as the listener's queue has room, accepted or not."
        } else {
            text += ": that does not say that anybody has accepted them."
        }
        let late = connected - atOnce
        guard late > 0 else { return text }
        text += " \(late) more had to wait and got in after "
        guard isTCP else { return text + "an accept, at that moment: a connect(2) that blocks waits for it." }
        return text + (result.accepts.isEmpty ? "somebody had made room" : "an accept had made room")
            + ", yet not then: each when its SYN was sent again, for the kernel keeps no list of those it dropped."
    }

    private var met: String? {
        guard left > 0 else {
            if waited > 0 || result.isPartial { return nil }
            if connected + result.queuedBefore == plan.capacityPredicted {
                return "The queue is full now, and nobody dialled on."
            }
            return isOwn
                ? "The queue never was full: there were too few dials to show more."
                : "The queue never was full: somebody accepts, or there is more room than dials."
        }
        var parts: [String] = []
        let timedOut = result.count(.timedOut)
        if timedOut > 0 {
            let limit = probe.timeout.map { "the time-out of \(Quantity.duration($0))" } ?? "the kernel gave up"
            parts.append(
                isTCP
                    ? "\(timedOut) met silence until \(limit): "
                        + (plan.isLocal
                            ? "SYNs were dropped without a word, as if nobody was there"
                            : "why, cannot be seen from here")
                    : "\(timedOut) waited until \(limit)")
        }
        let blocked = result.count(.wouldBlock)
        if blocked > 0 {
            parts.append("\(blocked) \(was(blocked)) told EAGAIN at once, as Unix sockets are, where TCP meets silence")
        }
        let refused = result.count(.refused)
        if refused > 0 {
            let why = hasGone ? ": the listener had gone, as nobody listens there any more" : ""
            parts.append("\(refused) \(was(refused)) refused\(why)")
        }
        return parts.isEmpty ? nil : "Of the \(connected == 0 ? "dials" : "others"), \(parts.joined(separator: ", "))."
    }

    private func was(_ count: Int) -> String { count == 1 ? "was" : "were" }

    /// The queue could be seen before the first dial, and has gone.
    private var hasGone: Bool { plan.queue != nil && result.queue == nil }

    private var decided: String? {
        if let queue = plan.queue, queue.sockets > 1 {
            return "\(queue.sockets) sockets share the port (SO_REUSEPORT), each with a queue of its own: the kernel "
                + "chooses by addresses and ports which one a dial goes to, so that one may be full while others have room."
        }
        guard let capacity = plan.capacityPredicted else { return nil }
        let rule = "the queue holds one more than its limit, \(capacity)"
        guard let backlog = plan.backlogRequested else {
            return "The limit was the server's backlog, \(capacity - 1) as the kernel granted it: \(rule)."
                + taken + race(capacity)
        }
        if capacity <= backlog {
            return "What decided was net.core.somaxconn: it cut the backlog of \(backlog) to \(capacity - 1), and "
                + "\(rule)." + race(capacity)
        }
        return "What decided was the backlog of \(backlog) given to listen(2): \(rule)." + race(capacity)
    }

    /// How many connections another program's server accepted, worked out from the sums.
    private var taken: String {
        guard let queue = result.queue, !probe.isConcurrent else { return "" }
        let count = connected + result.queuedBefore - queue.length
        guard count > 0 else { return "" }
        return " \(count) of those who got in \(was(count)) not in it any more: the server had accepted "
            + (count == 1 ? "it, and one more found room." : "them, and as many more found room.")
    }

    private func race(_ capacity: Int) -> String {
        guard probe.isConcurrent, result.accepts.isEmpty, left > 0 else { return "" }
        let over = connected + result.queuedBefore - capacity
        guard isTCP else {
            return
                " Several threads make no difference: a Unix listener is locked while a connection is put in its queue."
        }
        let why = "the kernel looks for room when a SYN comes and takes it when the handshake is over"
        if over > 0 { return " \(over) more got in: \(why), and in between came another." }
        return " Dials from several threads may get in one more, for \(why); this time they did not."
    }

    private var counted: String? {
        guard let overflows = result.overflows, let drops = result.drops, waited > 0 || overflows > 0, isTCP else {
            return nil
        }
        let turned = result.dials.filter { $0.waited }
        let sent = turned.reduce(0) { $0 + $1.droppedSYNs }
        var text = "ListenOverflows grew by \(overflows) and ListenDrops by \(drops)"
        if !result.isPartial {
            text +=
                overflows == sent
                ? ", once for each SYN that met the full queue"
                : "; \(Quantity.count(sent, "SYN")) of these dials met no answer"
        }
        text += "."
        if let unheard = result.unheard, unheard > 0 {
            text +=
                " \(unheard) of those connected \(unheard == 1 ? "is" : "are") so on the client's side only: SYNs that came together each found room, which was "
                + "taken when the handshakes ended, so that the last segment was dropped, and counted too."
        }
        if plan.settings.abortsOnOverflow == true {
            text +=
                " tcp_abort_on_overflow is on and has no effect on them: it is for handshakes that end at a full queue, and these never began."
        }
        return text
    }

    private var patience: String? {
        guard isTCP, let schedule = plan.settings.synSchedule, probe.timeout != nil,
            result.count(.timedOut) > 0
        else { return nil }
        return "Without a time-out of its own a dial would have failed with ETIMEDOUT after about "
            + "\(Quantity.duration(schedule.timeout)), its SYN sent again "
            + "\(Quantity.count(schedule.retransmissions.count, "time")) (tcp_syn_retries \(schedule.retries), "
            + "tcp_syn_linear_timeouts \(schedule.linearTimeouts))."
    }

    private var written: String? {
        result.bytesWritten.map {
            "One of those in the queue then wrote \(Quantity.bytes($0)), and the kernel took them too."
        }
    }

    private var closed: String? {
        guard let aftermath = result.aftermath else { return nil }
        let length = result.queue?.length ?? 0
        let isFull = result.queue.map { $0.length > $0.limit ?? .max } ?? false
        let whom = length == 0 ? "nobody" : "\(length)"
        var parts: [String] = []
        if aftermath.reset > 0 { parts.append("\(aftermath.reset) of its clients read ECONNRESET") }
        if aftermath.ended > 0 { parts.append("\(aftermath.ended) read the end of the stream") }
        if aftermath.standing > 0 {
            parts.append(
                "\(aftermath.standing) that had been accepted still \(aftermath.standing == 1 ? "stands" : "stand")")
        }
        return "The listener closed with \(isFull ? "its queue full" : "\(whom) in its queue")"
            + (parts.isEmpty ? "." : ": \(parts.joined(separator: ", ")).")
    }

    private var elsewhere: String? {
        guard isTCP, waited > 0 || connected > 100 else { return nil }
        let here = plan.isLocal ? plan.settings.maximumHalfOpen : nil
        let other = here.map { " (\($0) here)" } ?? ""
        return
            "Elsewhere you may read that the limit is 128, as on macOS, or that tcp_max_syn_backlog\(other) sets it: on Linux "
            + "neither is so. It is the lesser of the backlog and net.core.somaxconn, plus one."
    }
}
