import SockKit

/// The picture of a load: how many answers took how long, both on logarithmic axes, so that the few slow ones are seen.
struct LoadChart {
    private let result: LoadResult
    private let subject: String
    private let times: Scale

    /// So many bars at most, across all powers of ten.
    private static let bars = 60

    /// nil where nothing was answered.
    init?(_ result: LoadResult, of subject: String) {
        self.result = result
        self.subject = subject
        let histograms = [result.latency, result.plannedLatency]
        guard let least = histograms.compactMap(\.minimum).min(), let most = histograms.compactMap(\.maximum).max()
        else { return nil }
        times = .logarithmic(max(least.seconds, 1e-6)...max(most.seconds, 1e-6))
    }

    var plot: Plot {
        let sent = bins(result.latency)
        let planned = bins(result.plannedLatency)
        let counts = Scale.logarithmic(0.5...Double(max((sent + planned).max() ?? 1, 1)))
        return Plot(
            title: "How long answers took: \(subject)", subtitle: parameters,
            horizontal: Plot.Axis("time of an exchange", times) {
                Quantity.duration(.nanoseconds(Int64(($0 * 1e9).rounded())))
            },
            vertical: Plot.Axis("answers", counts) { $0 < 1 ? "0" : $0.text(decimals: 0) },
            series: [
                series("from the planned moment", .orange, .light, planned, counts),
                series(
                    result.plan.isClosedLoop ? "from the send (closed loop)" : "from the send", .blue, .dark, sent,
                    counts),
            ].filter { !$0.points.isEmpty }, guides: guides)
    }

    private var parameters: String {
        var parts = ["\(Quantity.count(result.answered, "answer"))"]
        parts.append("\(result.plan.parallel) at once")
        parts.append(result.plan.rate.map { "\($0.text(decimals: 1))/s asked for" } ?? "closed loop")
        parts.append("\(result.rate.text(decimals: 0))/s")
        return parts.joined(separator: ", ")
    }

    private func bins(_ histogram: LatencyHistogram) -> [Int] {
        guard histogram.count > 0 else { return [] }
        var bins = Array(repeating: 0, count: Self.bars)
        histogram.forEachSpan { span, count in
            let middle = (Double(span.lowerBound) + Double(span.upperBound)) / 2e9
            bins[min(Int(times.position(middle) * Double(Self.bars)), Self.bars - 1)] += count
        }
        return bins
    }

    /// A staircase: each bar from its left edge to its right one.
    private func series(_ name: String, _ tint: Tint, _ shade: Plot.Shade, _ bins: [Int], _ counts: Scale)
        -> Plot.Series
    {
        var points: [Plot.Point] = []
        for (index, count) in bins.enumerated() {
            let height = count > 0 ? Double(count) : counts.lower
            points.append(Plot.Point(edge(index), height, base: counts.lower))
            points.append(Plot.Point(edge(index + 1), height, base: counts.lower))
        }
        return Plot.Series(name, tint, .area(shade), points)
    }

    private func edge(_ index: Int) -> Double {
        times.value(at: Double(index) / Double(Self.bars))
    }

    private var guides: [Plot.Guide] {
        let histogram = result.plan.isClosedLoop ? result.latency : result.plannedLatency
        return [(5000, "p50"), (9900, "p99")].compactMap { share, name in
            histogram.time(at: share).map {
                Plot.Guide(max($0.seconds, times.lower), "\(name) \(Quantity.duration($0))")
            }
        }
    }
}
