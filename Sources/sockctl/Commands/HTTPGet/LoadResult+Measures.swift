import SockKit

extension LoadResult {
    /// The summary.
    var measures: [Measure] {
        let isOpen = !plan.isClosedLoop
        return [
            Measure("planned", .counted(plan.planned)), Measure("sent", .count(sent)),
            Measure("not_sent", .counted(unsent)),
            Measure("answered", .count(answered)), Measure("failed", .count(failures.total)),
            Measure("cut", .count(cut)),
            Measure("errors", failures.value), Measure("statuses", statusCounts),
            Measure("bytes", .bytes(bytes)), Measure("rate", .perSecond(rate)),
            Measure("rate_asked", plan.rate.map { .perSecond($0) } ?? .nothing),
            Measure("closed_loop", .flag(plan.isClosedLoop)),
            Measure("latency", latency.value), Measure("latency_planned", isOpen ? plannedLatency.value : .nothing),
            Measure("first_byte", firstByte.value), Measure("connect", connect.value),
            Measure("new_connections", .count(newConnections)),
            Measure("reused_connections", .count(reusedConnections)),
            Measure("stale_repeats", .count(staleRepeats)), Measure("elapsed", .duration(elapsed)),
            Measure("cpu_share", .share(processorShare)),
        ]
    }

    private var statusCounts: Measure.Value {
        .group(statuses.sorted { $0.key < $1.key }.map { Measure("\($0.key)", .count($0.value)) })
    }
}

extension LoadFailures {
    /// By phase, in each by code.
    fileprivate var value: Measure.Value {
        .group(
            sorted.map { phase, codes in
                Measure(
                    phase.rawValue.replacing("-", with: "_"), .group(codes.map { Measure($0.code, .count($0.count)) }))
            })
    }
}

extension LatencyHistogram {
    fileprivate var value: Measure.Value {
        guard let minimum, let maximum, let mean else { return .nothing }
        func rank(_ name: String, _ share: Int) -> Measure { Measure(name, .duration(time(at: share) ?? maximum)) }
        return .group([
            Measure("min", .duration(minimum)), rank("p50", 5000), rank("p90", 9000), rank("p99", 9900),
            rank("p999", 9990), Measure("max", .duration(maximum)), Measure("mean", .duration(mean)),
        ])
    }
}
