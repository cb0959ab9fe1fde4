import SockKit

/// The picture of a backlog probe: the dials by number across, and how long each took upwards.
struct BacklogChart {
    private let result: BacklogResult
    private let story: BacklogStory
    private let probe: BacklogProbe

    init(_ result: BacklogResult, _ story: BacklogStory, _ probe: BacklogProbe) {
        self.result = result
        self.story = story
        self.probe = probe
    }

    private var plan: BacklogPlan { result.plan }

    var plot: Plot {
        let durations = result.dials.map { max($0.duration.seconds, 1e-6) }
        let scale = Scale.logarithmic((durations.min() ?? 1e-6)...(durations.max() ?? 1))
        let last = Double(max(result.dials.last?.index ?? 1, 2))
        return Plot(
            title:
                "An accept queue fills: \(BacklogWording.shorten(BacklogWording.name(plan.network, plan.remote)))",
            subtitle: parameters,
            horizontal: Plot.Axis("dial number", .exact(1...last, .whole)) { "\(Int($0.rounded()))" },
            vertical: Plot.Axis("time until decided", scale) {
                Quantity.duration(.nanoseconds(Int64(($0 * 1e9).rounded())))
            },
            series: [
                // Drawn first, so that a dial's end lies over its last SYN.
                overflows(scale.lower),
                series("connected at once", .green, .dot) { $0.outcome == .connected && !$0.waited },
                series("connected after a wait", .blue, .diamond) { $0.outcome == .connected && $0.waited },
                series("timed out", .red, .cross) { $0.outcome == .timedOut },
                series("EAGAIN", .orange, .ring) { $0.outcome == .wouldBlock },
                series("refused", .purple, .diamond) { $0.outcome == .refused }, accepts,
            ], guides: guides)
    }

    private var parameters: String {
        var parts: [String] = []
        if let backlog = plan.backlogRequested { parts.append("backlog \(backlog)") }
        if plan.isLocal, let most = plan.settings.maximumBacklog { parts.append("somaxconn \(most)") }
        if let limit = result.limit { parts.append("queue limit \(limit)") }
        parts.append(
            probe.acceptEvery.map { "one accept every \(Quantity.duration($0))" }
                ?? (plan.isOwn ? "nobody accepts" : "another program's server"))
        parts.append(probe.timeout.map { "time-out \(Quantity.duration($0))" } ?? "no time-out")
        if probe.isConcurrent { parts.append("several threads") }
        return parts.joined(separator: ", ")
    }

    private func series(
        _ name: String, _ tint: Tint, _ mark: Plot.Mark, _ matches: (BacklogDial) -> Bool
    ) -> Plot.Series {
        let points = result.dials.filter(matches).map { Plot.Point(Double($0.index), $0.duration.seconds) }
        return Plot.Series(name, tint, .marks(mark), points)
    }

    /// Every SYN that met a full queue. The first of a dial is drawn at the bottom.
    private func overflows(_ bottom: Double) -> Plot.Series {
        guard plan.network.isTCP else { return Plot.Series("", .orange, .marks(.ring), []) }
        let points = result.dials.filter { $0.waited && $0.droppedSYNs > 0 }.flatMap { dial in
            let again = story.retransmissions[dial.index] ?? []
            // If the dial got an answer, its last SYN was not dropped.
            let dropped = dial.outcome == .timedOut ? again[...] : again.dropLast()
            let times = [bottom] + dropped.map { ($0 - dial.start).seconds }.filter { $0 < dial.duration.seconds }
            return times.map { Plot.Point(Double(dial.index), $0) }
        }
        let name = plan.isLocal ? "SYN dropped: overflow" : "SYN without an answer"
        return Plot.Series(name, .orange, .marks(.ring), points)
    }

    /// When room was made for a dial that waited, counted from that dial's beginning.
    private var accepts: Plot.Series {
        let points = result.late.compactMap { late in
            late.accept.map { Plot.Point(Double(late.dial.index), max(($0.time - late.dial.start).seconds, 1e-6)) }
        }
        return Plot.Series("accept that made room", .purple, .marks(.triangle), points)
    }

    private var guides: [Plot.Guide] {
        guard let capacity = plan.capacityPredicted else { return [] }
        let place = capacity - result.queuedBefore
        guard place >= 1, place < result.dials.last?.index ?? 0 else { return [] }
        return [Plot.Guide(Double(place) + 0.5, "room for \(place)")]
    }
}
