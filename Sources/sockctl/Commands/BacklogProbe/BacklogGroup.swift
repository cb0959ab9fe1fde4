import SockKit

/// Events of one kind that happened together, for one line of text.
struct BacklogGroup {
    enum Kind: Hashable {
        case atOnce, late, timedOut, refused, wouldBlock, accepted, lost
        /// The SYN was sent again, so many times by now.
        case retransmitted(Int)
    }

    let kind: Kind
    private var indices: [Int]
    private var shortest: Duration
    private var longest: Duration
    private var moment: Duration?
    /// The accepts that made room for those that came late.
    private var accepts: [BacklogResult.Accept]
    private let isTCP: Bool

    /// The group of one event; nil for events that have a line of their own.
    init?(_ event: BacklogEvent, _ story: BacklogStory, isTCP: Bool) {
        self.isTCP = isTCP
        var span = Duration.zero
        accepts = []
        switch event {
        case .started, .waiting, .read: return nil
        case .dialled(let dial):
            indices = [dial.index]
            span = dial.duration
            moment = dial.end
            switch dial.outcome {
            case .connected:
                kind = dial.waited ? .late : .atOnce
                accepts = dial.waited ? story.accountedAccept.map { [$0] } ?? [] : []
            case .timedOut: kind = .timedOut
            case .refused: kind = .refused
            case .wouldBlock: kind = .wouldBlock
            }
        case .retransmitted(let index, let count, let time):
            (kind, indices, moment) = (.retransmitted(count), [index], time)
        case .accepted(let accept): (kind, indices, moment) = (.accepted, [accept.index], accept.time)
        case .lost(let index, _): (kind, indices) = (.lost, [index])
        }
        (shortest, longest) = (span, span)
    }

    mutating func add(_ other: BacklogGroup) {
        indices += other.indices
        accepts += other.accepts
        shortest = min(shortest, other.shortest)
        longest = max(longest, other.longest)
    }

    /// Leaves out the dials of another group.
    mutating func forget(_ other: BacklogGroup) {
        if case .retransmitted = kind { indices.removeAll(where: other.indices.contains) }
    }

    var isEmpty: Bool { indices.isEmpty }

    var text: String {
        let who = BacklogWording.dials(indices)
        let times =
            shortest == longest || indices.count == 1
            ? Quantity.duration(longest) : BacklogWording.span(shortest, longest)
        let its = indices.count == 1 ? "its SYN" : "their SYNs"
        switch kind {
        case .atOnce: return "\(who): connected at once, in \(times)" + (indices.count == 1 ? "" : " each")
        case .retransmitted(let count):
            return "\(clock)\(who): no answer, \(its) sent again" + (count == 1 ? "" : ", \(count) times by now")
        case .late: return "\(clock)\(who): connected after \(times)\(reason)"
        case .timedOut: return "\(clock)\(who): timed out after \(times)"
        case .refused: return "\(clock)\(who): refused after \(times)"
        case .wouldBlock: return "\(who): refused at once with EAGAIN, in \(times): the queue is full"
        case .accepted:
            let number = indices[indices.count - 1]
            let more = indices.count == 1 ? "one more place" : "\(indices.count) more places"
            return "\(clock)accepted \(Quantity.count(number, "connection")) by now: \(more) in the queue"
        case .lost: return "\(who): connection reset by peer, read after the listener had closed"
        }
    }

    private var clock: String {
        let text = Quantity.duration(moment ?? .zero)
        return String(repeating: " ", count: max(0, 8 - text.count)) + text + "  "
    }

    /// Why it got in at this moment.
    private var reason: String {
        guard let first = accepts.first, let moment else { return "" }
        if !isTCP { return ", as soon as an accept made room" }
        let rooms = accepts.count == 1 ? "the accept at" : "the accepts from"
        let delay = Quantity.duration(moment - first.time)
        let synced = "when its SYN came again, \(delay) after \(rooms) \(Quantity.duration(first.time)) that made room"
        return accepts.count == 1
            ? ", \(synced)"
            : ", when their SYNs came again: room was made by accepts from \(Quantity.duration(first.time)) on"
    }
}
