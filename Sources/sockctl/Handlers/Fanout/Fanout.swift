import SockKit

/// Carries what some say to all the others: each byte is kept once, and whoever does not take it is bounded.
///
/// What comes in one round of the loop goes out together, one write for each reader. Senders wait while a reader that keeps
/// up is far behind, and for nobody else: one that takes nothing, or too little, is soon over its bound and skips what is
/// oldest, or goes.
@Netpoller
final class Fanout {
    /// What becomes of a reader for which too much waits.
    struct Limits: Sendable {
        var bound = 1 << 20
        var slow = SlowAction.drop
        /// Where nobody keeps up, senders wait rather than lose a reader.
        var waitsForLast = false
    }

    let limits: Limits
    private let reporter: Reporter
    private var log: FanoutLog
    private(set) var readers: [FanoutReader] = []
    /// How many of them are not gone.
    private var present = 0
    private var laggards: [ObjectIdentifier: FanoutReader] = [:]
    private var isFlushDue = false
    var hold = FanoutHold()

    /// So much is gathered before it is given out, within a round.
    private static let most = 64 << 10

    init(_ limits: Limits, keepsMessages: Bool = false, reporter: Reporter) {
        self.limits = limits
        self.reporter = reporter
        log = FanoutLog(keepsMessages: keepsMessages)
    }

    // MARK: - Readers

    /// Takes a reader in, which gets `greeting` and then what is said from this round on: a peer that connected before
    /// another spoke may be accepted a moment after that was read.
    func add(_ reader: FanoutReader, greeting: [UInt8] = []) {
        // What was said before it came is not for it.
        flush()
        reader.cursor = log.cursor(reader.author, prefix: greeting)
        reader.fanout = self
        reader.index = readers.count
        readers.append(reader)
        present += 1
        if !greeting.isEmpty { push(reader) }
    }

    /// Lets a reader go, and returns what it has not got yet, a message or a write each; a piece that a task is writing
    /// goes before that.
    @discardableResult
    func remove(_ reader: FanoutReader) -> [FanoutLog.Piece] {
        guard reader.fanout === self else { return [] }
        flush()
        var rest: [FanoutLog.Piece] = []
        if !reader.isGone, reader.isBlocked {
            while let piece = next(reader) {
                rest.append(piece)
                advance(reader, by: piece.range.count)
            }
        }
        leave(reader)
        // Whoever gives it these takes them off.
        reader.untaken += rest.reduce(0) { $0 + $1.range.count }
        reader.fanout = nil
        let last = readers.removeLast()
        if last !== reader {
            readers[reader.index] = last
            last.index = reader.index
        }
        forget()
        reviewHold()
        return rest
    }

    // MARK: - Saying

    /// Says what `build` appends to everybody but its author, before the loop looks at the sockets again.
    func say(_ author: Int, by reader: FanoutReader? = nil, _ build: (inout [UInt8]) -> Void) {
        if let reader {
            log.append(author, &reader.cursor, build)
        } else {
            var nobody: FanoutLog.Cursor?
            log.append(author, &nobody, build)
        }
        if log.unsealed >= Self.most { return flush() }
        guard !isFlushDue else { return }
        isFlushDue = true
        Netpoller.spawn { self.flush() }
    }

    /// Gives out what was said.
    func flush() {
        isFlushDue = false
        guard log.unsealed > 0 else { return }
        log.seal()
        for reader in Array(laggards.values) { bound(reader) }
        let newest = log.newest
        for reader in readers where !reader.isBlocked && !reader.isGone {
            if let newest, reader.cursor?.isReady(for: newest.number) == true {
                pushWhole(newest.number, newest.bytes, to: reader)
            } else {
                push(reader)
            }
        }
        forget()
        reviewHold()
    }

    // MARK: - Writing

    private func next(_ reader: FanoutReader) -> FanoutLog.Piece? {
        guard var cursor = reader.cursor else { return nil }
        let piece = log.next(&cursor)
        reader.cursor = cursor
        return piece
    }

    private func advance(_ reader: FanoutReader, by count: Int) {
        guard count > 0, var cursor = reader.cursor else { return }
        log.advance(&cursor, by: count)
        reader.cursor = cursor
    }

    /// Writes what waits for a reader, as far as that need not wait.
    private func push(_ reader: FanoutReader) {
        while !reader.isGone, let piece = next(reader) {
            do throws(NetworkError) {
                guard let gone = try reader.writeNow(piece.bytes.span.extracting(piece.range)) else {
                    return block(reader, rests: false)
                }
                advance(reader, by: gone)
                guard gone == piece.range.count else { return block(reader, rests: true, hasTaken: gone > 0) }
            } catch {
                return lose(reader, error)
            }
        }
        settle(reader)
    }

    /// As `push` of the newest block, of which a reader that is up to date has nothing yet: what happens most of the time.
    private func pushWhole(_ number: Int, _ bytes: [UInt8], to reader: FanoutReader) {
        do throws(NetworkError) {
            guard let gone = try reader.writeNow(bytes.span) else { return block(reader, rests: false) }
            if gone == bytes.count {
                reader.cursor?.place = FanoutLog.Place(block: number + 1)
            } else {
                reader.cursor?.place.offset = gone
                block(reader, rests: true)
            }
        } catch {
            lose(reader, error)
        }
    }

    private func block(_ reader: FanoutReader, rests: Bool, hasTaken: Bool = true) {
        reader.isBlocked = true
        // One that was up to date until now has taken everything.
        if laggards.updateValue(reader, forKey: ObjectIdentifier(reader)) == nil || hasTaken { reader.lastTaken = .now }
        if !rests || !reader.restUntilWritable() { reader.startWriter(self) }
    }

    /// There is room again at a reader that had none.
    func becameWritable(_ reader: FanoutReader) {
        guard reader.isBlocked, !reader.isGone else { return }
        reader.isBlocked = false
        push(reader)
        forget()
        reviewHold()
    }

    /// The next piece for a reader that a task writes to; nil, and the reader is up to date, when there is none.
    func take(_ reader: FanoutReader) -> FanoutLog.Piece? {
        guard !reader.isGone else { return nil }
        reader.lastTaken = .now
        let piece = next(reader)
        if let piece {
            reader.inFlight = piece.range.count
            advance(reader, by: piece.range.count)
        } else {
            reader.isBlocked = false
            settle(reader)
        }
        forget()
        reviewHold()
        return piece
    }

    func lose(_ reader: FanoutReader, _ error: NetworkError) {
        if reader.loss == nil, error.cause != .cancelled { reader.loss = error }
        guard !reader.isGone else { return }
        leave(reader)
        reader.lose(error)
        reviewHold()
    }

    /// A reader gets nothing any more: nothing is kept for it, so it has no place among what is.
    private func leave(_ reader: FanoutReader) {
        guard !reader.isGone else { return }
        reader.untaken = waiting(reader)
        reader.isGone = true
        present -= 1
        settle(reader)
        reader.cursor = nil
    }

    /// A reader waits for nothing any more.
    private func settle(_ reader: FanoutReader) {
        guard laggards.removeValue(forKey: ObjectIdentifier(reader)) != nil else { return }
        reader.mayHold = true
        hold.end(reader)
        tellOfSkips(reader)
        if !reader.isGone { reader.caughtUp() }
    }

    /// What nobody waits for is kept no longer.
    private func forget() {
        var place = log.end
        for reader in laggards.values {
            if let own = reader.cursor?.place, own.block < place.block { place = own }
        }
        log.forget(before: place)
    }

    // MARK: - Who is behind

    /// How many bytes a reader has still to take; none once it is gone.
    func waiting(_ reader: FanoutReader) -> Int {
        reader.isGone ? 0 : (reader.cursor.map(log.waiting) ?? 0) + reader.inFlight
    }

    /// Looks whether senders have to wait for anybody.
    func reviewHold() {
        if laggards.isEmpty, hold.isIdle { return }
        let everybodyLags = limits.waitsForLast && laggards.count == present
        for reader in laggards.values { hold.review(reader, waiting(reader), limits.bound, isForced: everybodyLags) }
        hold.settle(self)
    }

    /// Sees to it that no more than its bound is kept for a reader. What it says itself, however much, is not for it.
    private func bound(_ reader: FanoutReader) {
        if waiting(reader) > limits.bound { return tooSlow(reader) }
        guard var cursor = reader.cursor, log.held(cursor) > 2 * limits.bound else { return }
        // Messages cannot be put together.
        if log.keepsMessages { return tooSlow(reader) }
        log.takeOut(&cursor)
        reader.cursor = cursor
    }

    private func tooSlow(_ reader: FanoutReader) {
        if limits.slow == .drop, reader.mayBeDropped {
            reporter.report(SlowEvent(ends: reader.ends, bytes: waiting(reader), action: .drop))
            leave(reader)
            // That has been told.
            reader.untaken = 0
            reader.drop()
            return
        }
        guard var cursor = reader.cursor else { return }
        reader.skipped += log.skip(&cursor, toLeave: limits.bound / 2)
        reader.cursor = cursor
        // One that skips again and again is told of once a second, and when it is up to date again.
        if reader.toldOfSkips + .seconds(1) < .now { tellOfSkips(reader) }
    }

    private func tellOfSkips(_ reader: FanoutReader) {
        guard reader.skipped > 0 else { return }
        reader.toldOfSkips = .now
        reporter.report(SlowEvent(ends: reader.ends, bytes: reader.skipped, action: .skip))
        reader.skipped = 0
    }
}
