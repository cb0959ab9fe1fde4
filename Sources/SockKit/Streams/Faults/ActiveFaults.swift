/// Faults at work on one direction of one connection: what they have counted so far, and their dice.
@Netpoller
final class ActiveFaults {
    let id: Int
    private(set) var faults: StreamFaults
    /// When they began to apply.
    let start = Deadline.now
    private var jitterDice: SeededRandom
    private var corruptionDice: SeededRandom
    /// Bytes that are left as they are before the next one is changed; nil until the dice are first thrown.
    private var untouched: Int?
    private var arrived = 0
    private var delivered = 0
    private var lastPiece: Deadline?
    private var stallEnd: Deadline?
    /// When the next bytes may go, at the rate.
    private var freeAt = Deadline.past
    /// A pause for the rate that somebody was told of.
    private var planned: Deadline?
    /// How late such pauses have ended, as far as that is not made up for.
    private var lateness = Duration.zero

    /// So many seconds' worth of a rate's bytes goes at once: any 200 ms have 50 of these, give or take one.
    private static let quantum = 0.004
    /// The same while timers are late, for want of processor time: with thousands of connections it is spent on them.
    private static let coarseQuantum = 0.008
    private static let late = Duration.milliseconds(2)
    /// So much that was not asked for in time may still be given.
    private static let credit = Duration.milliseconds(20)
    /// Of the lateness of our own timers so much is made up for.
    private static let mostLateness = Duration.milliseconds(250)

    init(_ id: Int, _ faults: StreamFaults, seed: UInt64) {
        self.id = id
        self.faults = faults
        jitterDice = SeededRandom(seed: seed, for: 1)
        corruptionDice = SeededRandom(seed: seed, for: 2)
    }

    /// Other faults take their place, and go on with what these have counted.
    func change(to faults: StreamFaults) {
        if faults.corruption != self.faults.corruption { untouched = nil }
        // A stall that has passed is not the one that takes its place.
        if faults.stall != self.faults.stall { stallEnd = nil }
        self.faults = faults
    }

    // MARK: - What arrives

    /// How long something that arrives now has to wait.
    func delay() -> Duration {
        guard let jitter = faults.jitter, jitter.span > .zero else { return faults.latency }
        let share = jitter.isNormal ? jitterDice.normal() : Double.random(in: -1...1, using: &jitterDice)
        let change = share * Double(jitter.span.wholeNanoseconds)
        return max(.zero, faults.latency + .nanoseconds(Int64(min(max(change, -9e18), 9e18))))
    }

    /// How many more bytes may arrive before all is thrown away; nil is any number.
    var roomBeforeSilence: Int? { faults.dropAfter.map { max(0, $0 - arrived) } }

    func noteArrived(_ count: Int) { arrived += count }

    /// Whether any of the next bytes is to be changed.
    func corrupts(_ count: Int) -> Bool {
        guard faults.corruption > 0 else { return false }
        let left = untouched ?? corruptionDice.misses(before: faults.corruption)
        untouched = left
        if left < count { return true }
        untouched = left == .max ? left : left - count
        return false
    }

    /// Changes one bit of each byte that the dice choose.
    func corrupt(_ bytes: inout [UInt8], _ range: Range<Int>) {
        var place = range.lowerBound
        while let left = untouched, left < range.upperBound - place {
            place += left
            bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &corruptionDice)
            place += 1
            untouched = corruptionDice.misses(before: faults.corruption)
        }
        if let left = untouched, left != .max { untouched = left - (range.upperBound - place) }
    }

    // MARK: - What is given

    /// How many bytes may be given at once.
    var room: Int {
        var room = Int.max
        if let rate = faults.rate {
            room = max(1, Int(Double(rate) * (lateness > Self.late ? Self.coarseQuantum : Self.quantum)))
        }
        if let slice = faults.slice { room = min(room, slice.size) }
        if let stall = faults.stall, stallEnd == nil, stall.after > delivered {
            room = min(room, stall.after - delivered)
        }
        return min(room, roomBeforeCut ?? .max)
    }

    /// How many bytes may be given before the connection is cut; nil is any number.
    var roomBeforeCut: Int? {
        [faults.resetAfter, faults.closeAfter].compactMap { moment in
            if case .bytes(let most) = moment { max(0, most - delivered) } else { nil }
        }.min()
    }

    /// The cut that so many bytes more would pass, or to which it has come already.
    func exactCut(before count: Int) -> FaultyCut? {
        if isPassed(faults.resetAfter, by: count) { return FaultyCut(resets: true, isExact: true, id: id) }
        if isPassed(faults.closeAfter, by: count) { return FaultyCut(resets: false, isExact: true, id: id) }
        return nil
    }

    private func isPassed(_ moment: StreamFaults.Moment?, by count: Int) -> Bool {
        guard case .bytes(let most) = moment else { return false }
        return delivered >= most || count > most - delivered
    }

    /// When the connection is cut, whatever goes on, and how.
    var timedCut: (moment: Deadline, cut: FaultyCut)? {
        let cuts = [(faults.resetAfter, true), (faults.closeAfter, false)].compactMap { moment, resets in
            if case .time(let span) = moment { (span, resets) } else { nil }
        }
        guard let first = cuts.min(by: { $0.0 < $1.0 }) else { return nil }
        return (start + first.0, FaultyCut(resets: first.1, isExact: false, id: id))
    }

    /// Until when nothing may be given; of the end of a stream, which is no piece, a pause between pieces does not say.
    func pause(beforeEnd: Bool) -> Deadline {
        var end = Deadline.past
        if faults.rate != nil { end = pauseForRate(.now) }
        if let slice = faults.slice, let lastPiece, !beforeEnd { end = max(end, lastPiece + slice.pause) }
        if let stall = faults.stall, delivered >= stall.after {
            if stallEnd == nil { stallEnd = .now + stall.pause }
            end = max(end, stallEnd ?? .past)
        }
        return end
    }

    private func pauseForRate(_ now: Deadline) -> Deadline {
        if let planned, planned <= now {
            lateness = min(max(lateness, now - planned), Self.mostLateness)
            self.planned = nil
        }
        guard freeAt - now > .milliseconds(1) else { return .past }
        planned = freeAt
        return freeAt
    }

    /// Bytes were given, and taken.
    func noteDelivered(_ count: Int, at now: Deadline) {
        delivered += count
        lastPiece = now
        guard let rate = faults.rate else { return }
        // After a rest nothing has been saved up; a timer that was late is made up for.
        if freeAt + max(Self.credit, lateness) < now { freeAt = now }
        freeAt = freeAt + .seconds(Double(count) / Double(rate))
        lateness = max(.zero, min(lateness, now - freeAt))
    }
}
