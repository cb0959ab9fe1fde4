import SockKit

/// The sentences of a backlog probe that do not depend on its result.
enum BacklogWording {
    static func opening(_ plan: BacklogPlan, _ probe: BacklogProbe) -> String {
        guard plan.isOwn, let backlog = plan.backlogRequested else { return visit(plan) }
        var text = "listening on \(name(plan.network, plan.remote)) with a backlog of \(backlog)"
        if let most = plan.settings.maximumBacklog {
            text += most < backlog ? ", cut to \(most) by net.core.somaxconn" : " (net.core.somaxconn allows \(most))"
        }
        if let capacity = plan.capacityPredicted { text += ": room for \(capacity)" }
        if let interval = probe.acceptEvery {
            return text + "; one is accepted every \(Quantity.duration(interval))"
        }
        return text + "; nobody accepts"
    }

    private static func visit(_ plan: BacklogPlan) -> String {
        var text = "dialling \(name(plan.network, plan.remote)), \(Quantity.count(plan.dials, "time"))"
        guard let queue = plan.queue else { return text + "; its queue cannot be seen from here" }
        text += "; \(queue.length) wait in its queue now"
        if let limit = queue.limit { text += ", its limit is \(limit)" }
        return text + group(queue)
    }

    private static func group(_ queue: ListeningQueue) -> String {
        queue.sockets > 1 ? "; these are the sums of \(queue.sockets) sockets that share the port" : ""
    }

    static func waiting(_ index: Int, _ queue: ListeningQueue?, _ probe: BacklogProbe) -> String {
        var text = "dial \(index) "
        text += probe.isConcurrent ? "is one of those that have to wait" : "has to wait"
        if let queue {
            text += "; the kernel says: \(queue.length) wait in the queue"
            if let limit = queue.limit { text += ", its limit is \(limit)" + (queue.length > limit ? ": full" : "") }
        }
        return text + (probe.isConcurrent ? "" : "; from here on the dials wait side by side")
    }

    /// `dial 3`, `dials 3 and 5`, `dials 3 to 7 and 9`.
    static func dials(_ indices: [Int]) -> String {
        guard indices.count > 1 else { return "dial \(indices.first ?? 0)" }
        var runs: [ClosedRange<Int>] = []
        for index in indices.sorted() {
            if let last = runs.last, last.upperBound + 1 == index {
                runs[runs.count - 1] = last.lowerBound...index
            } else {
                runs.append(index...index)
            }
        }
        let words = runs.flatMap { run in
            switch run.count {
            case 1: ["\(run.lowerBound)"]
            case 2: ["\(run.lowerBound)", "\(run.upperBound)"]
            default: ["\(run.lowerBound) to \(run.upperBound)"]
            }
        }
        if words.count > 6 { return "\(indices.count) dials between \(runs[0].lowerBound) and \(indices.max() ?? 0)" }
        guard words.count > 1 else { return "dials \(words[0])" }
        return "dials \(words.dropLast().joined(separator: ", ")) and \(words[words.count - 1])"
    }

    static func span(_ shortest: Duration, _ longest: Duration) -> String {
        let (first, last) = (Quantity.duration(shortest), Quantity.duration(longest))
        return first == last ? last : "\(first) to \(last)"
    }

    /// Leaves out the middle of what is too long for a title.
    static func shorten(_ name: String, to most: Int = 46) -> String {
        guard name.count > most else { return name }
        return "\(name.prefix((most - 1) / 2))…\(name.suffix(most / 2))"
    }

    static func name(_ network: Network, _ endpoint: Endpoint) -> String {
        network.isUnix ? "\(network):\(endpoint)" : "\(endpoint)"
    }
}
