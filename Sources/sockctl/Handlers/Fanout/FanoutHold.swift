import SockKit

/// Somebody who has more to say, and waits until the readers that keep up have caught up.
@Netpoller
protocol FanoutSender: AnyObject {
    func goOn()
}

/// For whom senders wait, and which senders do.
///
/// A reader that is behind by half its bound has them wait, as long as it goes on taking, until it is behind by a quarter
/// of it. One that takes nothing for a moment, or not enough in a longer one, is waited for no more until it has caught up.
@Netpoller
struct FanoutHold {
    private var holders: [ObjectIdentifier: FanoutReader] = [:]
    private var line: [any FanoutSender] = []
    private var watch: Task<Void, Never>?

    /// How long a reader is waited for that takes nothing, and how long one that takes too little.
    private static let (patience, most) = (Duration.milliseconds(250), Duration.seconds(1))
    private static let interval = Duration.milliseconds(25)
    /// A bound below this leaves no room between two marks.
    private static let least = 256 << 10

    /// Whether senders have to wait.
    var isHeld: Bool { !holders.isEmpty }

    /// Nobody waits for anybody.
    var isIdle: Bool { holders.isEmpty && line.isEmpty && watch == nil }

    /// Has a sender wait for its turn.
    mutating func wait(_ sender: any FanoutSender) { line.append(sender) }

    mutating func review(_ reader: FanoutReader, _ waiting: Int, _ bound: Int, isForced: Bool) {
        let (high, low) = bound < Self.least ? (0, 0) : (bound / 2, bound / 4)
        if reader.holdsSince != nil {
            if waiting <= low || !isForced && isVain(reader) {
                if waiting > low { reader.mayHold = false }
                end(reader)
            }
        } else if waiting > high, isForced || reader.mayHold && !isVain(reader) {
            reader.holdsSince = .now
            holders[ObjectIdentifier(reader)] = reader
        }
    }

    private func isVain(_ reader: FanoutReader) -> Bool {
        let now = Deadline.now
        if let slowness = reader.slowness {
            if reader.progress != reader.lastProgress {
                (reader.lastProgress, reader.lastTaken) = (reader.progress, now)
            }
            return reader.lastTaken + slowness < now
        }
        return reader.lastTaken + Self.patience < now || reader.holdsSince.map { $0 + Self.most < now } ?? false
    }

    mutating func end(_ reader: FanoutReader) {
        reader.holdsSince = nil
        holders[ObjectIdentifier(reader)] = nil
    }

    /// Lets the senders go on where nobody is to be waited for, and watches those who are.
    mutating func settle(_ fanout: Fanout) {
        if holders.isEmpty {
            watch?.cancel()
            watch = nil
            let free = line
            line = []
            guard !free.isEmpty else { return }
            // Not here: what they say would come in the middle of what is being given out.
            Netpoller.spawn { for sender in free { sender.goOn() } }
        } else if watch == nil {
            watch = Netpoller.spawn { [weak fanout] in
                while await Netpoller.sleep(for: Self.interval) { fanout?.reviewHold() }
            }
        }
    }
}
