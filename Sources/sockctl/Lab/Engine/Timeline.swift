import SockKit

/// What happened in an experiment, in the order in which it began.
struct Timeline: Sendable {
    private(set) var items: [Item] = []

    enum Item: Sendable {
        /// A new part of the experiment: what is done now.
        case step(String, at: Duration)
        case entry(Entry)
    }

    /// Whose column it stands in.
    enum Lane: String, CaseIterable, Sendable {
        case client, kernel, server
    }

    /// One call, or one fact.
    struct Entry: Sendable {
        enum Kind: String, Sendable {
            /// A call of this lane's program; it has a result once it has ended.
            case call
            /// Something that the kernel told, or that the program noted.
            case fact
            /// Something that was not seen itself: it follows from what was.
            case inferred
        }

        let lane: Lane
        let kind: Kind
        let text: String
        let start: Duration
        var end: Duration?
        var result: String?
        var failed = false
        /// Where a fact comes from: `TCP_INFO`.
        var source: String?
    }

    /// The place of an entry that is not over yet.
    struct Place: Sendable { fileprivate let index: Int }

    mutating func begin(step title: String, at time: Duration) { items.append(.step(title, at: time)) }

    mutating func add(_ entry: Entry) -> Place {
        items.append(.entry(entry))
        return Place(index: items.count - 1)
    }

    mutating func finish(_ place: Place, at time: Duration, _ result: String, failed: Bool) {
        guard case .entry(var entry) = items[place.index] else { return }
        entry.end = time
        entry.result = result
        entry.failed = failed
        items[place.index] = .entry(entry)
    }

    var entries: [Entry] {
        items.compactMap { if case .entry(let entry) = $0 { entry } else { nil } }
    }
}

/// A line of a timeline as it is drawn: a call that lasts has one for its beginning and one for its end.
struct TimelineRow: Sendable {
    enum Part: Sendable {
        case step
        /// A call that was over before anything else happened, or a fact.
        case whole
        case beginning
        case ending
    }

    let part: Part
    let time: Duration
    let lane: Timeline.Lane
    let kind: Timeline.Entry.Kind
    let text: String
    let result: String?
    let failed: Bool
    let source: String?
    /// The lanes in which a call is under way meanwhile.
    var busy: Set<Timeline.Lane> = []
}

extension Timeline {
    /// A call that takes longer is drawn with its beginning and its end.
    private static let moment = Duration.milliseconds(8)

    /// Its lines in the order of time.
    var rows: [TimelineRow] {
        var rows: [(order: (Duration, Int), row: TimelineRow, span: Range<Duration>?)] = []
        for (index, item) in items.enumerated() {
            switch item {
            case .step(let title, let time):
                let row = TimelineRow(
                    part: .step, time: time, lane: .kernel, kind: .fact, text: title, result: nil, failed: false,
                    source: nil)
                rows.append(((time, index), row, nil))
            case .entry(let entry):
                rows += self.rows(of: entry, index)
            }
        }
        rows.sort { $0.order < $1.order }
        return rows.map { item in
            var row = item.row
            let under = rows.filter { $0.row.part == .beginning && $0.span?.contains(row.time) == true }
            row.busy = Set(under.filter { $0.order < item.order }.map(\.row.lane))
            return row
        }
    }

    private func rows(
        of entry: Entry, _ index: Int
    ) -> [(order: (Duration, Int), row: TimelineRow, span: Range<Duration>?)] {
        func row(_ part: TimelineRow.Part, _ time: Duration, text: String, result: String?) -> TimelineRow {
            TimelineRow(
                part: part, time: time, lane: entry.lane, kind: entry.kind, text: text, result: result,
                failed: entry.failed && part != .beginning, source: entry.source)
        }
        let end = entry.end ?? .seconds(1_000_000)
        guard entry.kind == .call, end - entry.start > Self.moment || isInterrupted(entry, index) else {
            return [((entry.start, index), row(.whole, entry.start, text: entry.text, result: entry.result), nil)]
        }
        let beginning = row(.beginning, entry.start, text: entry.text, result: nil)
        guard entry.end != nil else { return [((entry.start, index), beginning, entry.start..<end)] }
        let ending = row(.ending, end, text: entry.text, result: entry.result)
        return [((entry.start, index), beginning, entry.start..<end), ((end, Int.max), ending, nil)]
    }

    /// Whether something else began while this went on.
    private func isInterrupted(_ entry: Entry, _ index: Int) -> Bool {
        guard let end = entry.end else { return true }
        return items.dropFirst(index + 1).contains { item in
            switch item {
            case .step(_, let time): time < end
            case .entry(let other): other.start < end && other.start > entry.start
            }
        }
    }
}
