import SockKit

/// What the figures of a load mean, in plain words.
struct LoadConclusion {
    let result: LoadResult

    /// Paragraphs, each on a line.
    var text: String {
        [loop, lag, failures, cut, unsent, processor].compactMap { $0 }.joined(separator: "\n")
    }

    private var loop: String? {
        guard result.answered > 0 else { return nil }
        guard result.plan.isClosedLoop else {
            return """
                Latency is counted from the send of a request, and latency planned from the moment at which it was due: \
                what a user meets who comes at that moment, whether or not a connection is free.
                """
        }
        let who = result.plan.parallel == 1 ? "each request" : "each of \(result.plan.parallel) connections' requests"
        return """
            A closed loop: \(who) waited for the answer to the one before. While the server was slow it was asked less \
            often, so its slow moments are in these times less often than users would meet them: to see those, ask at \
            a steady rate, with --rate.
            """
    }

    private var lag: String? {
        guard let asked = result.plan.rate, result.elapsed > .zero, let planned = result.plan.planned,
            result.rate < asked * 0.98, planned > 10
        else { return nil }
        return """
            \(asked.text(decimals: 1)) requests a second were asked for, and \(result.rate.text(decimals: 1)) were \
            answered: with \(Quantity.count(result.plan.parallel, "connection")) the server does no more, or not always.
            """
    }

    private var failures: String? {
        guard result.failures.total > 0 else { return nil }
        let count = result.failures.total
        return "\(Quantity.count(count, "request")) got no whole answer: \(Self.whose(count)) times are in no figure."
    }

    private var cut: String? {
        guard result.cut > 0 else { return nil }
        return """
            \(Quantity.count(result.cut, "request")) still ran at the end, and \(result.cut == 1 ? "was" : "were") \
            cut: \(Self.whose(result.cut)) times are in no figure.
            """
    }

    private static func whose(_ count: Int) -> String { count == 1 ? "its" : "their" }

    private var unsent: String? {
        guard let count = result.unsent, count > 0 else { return nil }
        return
            "\(Quantity.count(count, "planned request")) \(count == 1 ? "was" : "were") never sent: the end came first."
    }

    private var processor: String? {
        guard result.processorShare >= 0.9 else { return nil }
        return """
            This program used \(Int((result.processorShare * 100).rounded())) % of a processor: it may be what limited \
            the rate, and not the server.
            """
    }
}
