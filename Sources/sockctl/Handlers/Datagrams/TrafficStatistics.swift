import SockKit

/// What became of generated datagrams on their way, told by their numbers and times.
struct TrafficStatistics: Sendable {
    private var streams: [Endpoint: Stream] = [:]
    private(set) var received = 0
    private(set) var bytes = 0
    /// Of all, those that carried a number.
    private(set) var numbered = 0
    private var first: Int64?
    private var last: Int64 = 0

    init() {}

    /// Takes a datagram, and the moment of its arrival in nanoseconds since 1970. Says how many are missing just before
    /// it, where some are that were not before.
    mutating func take(
        _ payload: GeneratedPayload?, bytes count: Int, from source: Endpoint, at arrival: Int64
    ) -> (from: Int, count: Int)? {
        received += 1
        bytes += count
        first = first ?? arrival
        last = max(last, arrival)
        // Sources can be made up: of those that are too many nothing is kept, and theirs are no numbers.
        guard let payload, streams[source] != nil || streams.count < Self.mostStreams else { return nil }
        numbered += 1
        return streams[source, default: Stream()].take(payload, at: arrival)
    }

    /// Each takes 8 KiB.
    private static let mostStreams = 1024

    /// So many are missing between the first number and the highest.
    var holes: Int { streams.values.reduce(0) { $0.addingClamped($1.lost) } }
    /// nil, as `reordered`, where no datagram carried a number to know it by.
    var duplicated: Int? { numbered == 0 ? nil : streams.values.reduce(0) { $0 + $1.duplicated } }
    /// So many came after one with a higher number.
    var reordered: Int? { numbered == 0 ? nil : streams.values.reduce(0) { $0 + $1.reordered } }

    /// At least so many of the generated datagrams were lost. What was dropped after the highest number that came leaves
    /// no hole, but the kernel has counted it; nil where neither tells.
    func lost(dropped: Int?) -> Int? {
        if numbered == 0 { return dropped }
        return numbered == received ? max(holes, dropped ?? 0) : holes
    }

    /// The variation of the time on the way, as RFC 3550 has it; the worst sender's; nil where nothing told.
    var jitter: Duration? {
        streams.values.map(\.jitter).max().map { .nanoseconds(Int64($0)) }
    }

    /// Bytes in a second, from the first arrival to the last; nil where these are one.
    var rate: Int? {
        guard let first, last > first else { return nil }
        return Int(Double(bytes) * 1e9 / Double(last - first))
    }
}

extension TrafficStatistics {
    /// What came from one sender.
    private struct Stream: Sendable {
        private var highest = -1
        private var unique = 0
        private var earlierLost = 0
        private(set) var duplicated = 0
        private(set) var reordered = 0
        private(set) var jitter = 0.0
        private var transit: Int64?
        private var newest: Int64 = 0
        /// Which of the last numbers came.
        private var seen = Window()

        var lost: Int { earlierLost.addingClamped(max(0, highest + 1 - unique)) }

        mutating func take(_ payload: GeneratedPayload, at arrival: Int64) -> (from: Int, count: Int)? {
            // A sender that began again from the same port.
            if payload.sequence == 0, highest >= 0, payload.sent > newest { restart() }
            newest = max(newest, payload.sent)
            measure(arrival - payload.sent)
            let number = payload.sequence
            guard number > highest else {
                takeLate(number)
                return nil
            }
            let missing = number - highest - 1
            seen.forget((highest + 1)..<number)
            seen[number] = true
            let gap = missing > 0 ? (from: highest + 1, count: missing) : nil
            highest = number
            unique += 1
            return gap
        }

        private mutating func takeLate(_ number: Int) {
            // Too old to be told apart: late is likelier than twice.
            let isRecent = highest - number < Window.size
            guard !(isRecent && seen[number]) else { return duplicated += 1 }
            if isRecent { seen[number] = true }
            reordered += 1
            unique += 1
        }

        /// RFC 3550, 6.4.1: a sixteenth of each new difference. The clocks may differ: only changes count.
        private mutating func measure(_ now: Int64) {
            if let transit { jitter += (Double((now - transit).magnitude) - jitter) / 16 }
            transit = now
        }

        private mutating func restart() {
            earlierLost = lost
            (highest, unique, transit) = (-1, 0, nil)
            seen = Window()
        }
    }

    /// A mark for each of the last numbers, by its remainder.
    private struct Window: Sendable {
        static let size = 1 << 16
        private var marks = [UInt64](repeating: 0, count: size / 64)

        subscript(number: Int) -> Bool {
            get { marks[number % Self.size / 64] & Self.bit(number) != 0 }
            set {
                if newValue {
                    marks[number % Self.size / 64] |= Self.bit(number)
                } else {
                    marks[number % Self.size / 64] &= ~Self.bit(number)
                }
            }
        }

        private static func bit(_ number: Int) -> UInt64 { 1 << UInt64(number % 64) }

        /// Takes the marks of numbers away that did not come.
        mutating func forget(_ numbers: Range<Int>) {
            guard numbers.count < Self.size else { return self = Window() }
            for number in numbers { self[number] = false }
        }
    }
}

extension Int {
    /// The sum; the largest number where it is larger. What is added is not negative.
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}
