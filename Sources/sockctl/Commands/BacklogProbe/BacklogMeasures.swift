import SockKit

extension BacklogResult {
    /// The summary, under the names that scripts know.
    var measures: [Measure] {
        [
            Measure("backlog_requested", .counted(plan.backlogRequested)), Measure("queue_limit", .counted(limit)),
            Measure("somaxconn", .counted(plan.isLocal ? plan.settings.maximumBacklog : nil)),
            Measure("capacity_predicted", .counted(plan.capacityPredicted)),
            Measure("dialled", .count(dialled)), Measure("connected", .count(count(.connected))),
            Measure("timed_out", .count(count(.timedOut))), Measure("refused", .count(count(.refused))),
            Measure("would_block", .count(count(.wouldBlock))),
            Measure("accepted", .counted(plan.isOwn ? accepts.count : nil)),
            Measure("queue_length", .counted(queue?.length)), Measure("listen_overflows", .counted(overflows)),
            Measure("listen_drops", .counted(drops)), Measure("elapsed", .duration(elapsed)),
        ]
    }
}
