import SockKit

/// A write-block probe's picture: where the bytes were over time.
struct WriteBlockChart {
    private let result: WriteBlockResult
    private let probe: WriteBlockProbe

    /// The unit of the time axis, and how many make a second: three decimals must tell two ticks apart.
    private let unit: (name: String, rate: Double)

    init(_ result: WriteBlockResult, probe: WriteBlockProbe) {
        self.result = result
        self.probe = probe
        switch Self.end(of: result) {
        case ..<0.002: unit = ("microseconds", 1e6)
        case ..<0.5: unit = ("milliseconds", 1e3)
        default: unit = ("seconds", 1)
        }
    }

    private static func end(of result: WriteBlockResult) -> Double {
        max(result.timeline.samples.last?.moment.seconds ?? 0, result.elapsed.seconds, 1e-6)
    }

    private func x(_ moment: Duration) -> Double { moment.seconds * unit.rate }

    var plot: Plot {
        let samples = result.timeline.samples
        let end = Self.end(of: result) * unit.rate
        let most = Double(max(samples.map(\.ledger.accepted).max() ?? 0, 1))
        return Plot(
            title: "Where the written bytes are", subtitle: parameters,
            horizontal: Plot.Axis("\(unit.name) since the start", .exact(0...end)) { $0.text(decimals: 3) },
            vertical: Plot.Axis("bytes", .binary(0...most)) { Quantity.bytes(Int($0)) },
            series: areas, guides: guides)
    }

    private var parameters: String {
        var parts = ["\(probe.network), \(Quantity.count(probe.chunk, "byte")) a write"]
        if let send = result.buffers.send { parts.append("send buffer \(send)") }
        if let receive = result.buffers.receive { parts.append("receive buffer \(receive)") }
        if let congestionControl = result.congestionControl { parts.append(congestionControl) }
        return parts.joined(separator: ", ")
    }

    /// From the bottom: what the peer has read, what waits on its side, what waits on ours.
    private var areas: [Plot.Series] {
        var (read, waiting, sending): ([Plot.Point], [Plot.Point], [Plot.Point]) = ([], [], [])
        for sample in result.timeline.samples {
            let (x, ledger) = (x(sample.moment), sample.ledger)
            let first = Double(ledger.readByPeer ?? 0)
            let last = Double(ledger.accepted)
            // If only one queue can be read, the other has the rest.
            let second = probe.network.isTCP ? last - Double(ledger.inSendQueue ?? 0) : last
            read.append(Plot.Point(x, first))
            waiting.append(Plot.Point(x, max(second, first), base: first))
            sending.append(Plot.Point(x, last, base: max(second, first)))
        }
        let receiver = result.ledger.readByPeer == nil ? "at the peer" : "in the receiver's buffer"
        return [
            Plot.Series("read by the peer", .green, .area(.dark), read),
            Plot.Series(receiver, .orange, .area(.medium), waiting),
            Plot.Series("in the sender's buffer", .blue, .area(.light), sending),
        ].filter { series in series.points.contains { $0.y > $0.base } } + (updates.points.isEmpty ? [] : [updates])
    }

    /// Where the peer's window opened: bytes go from the sender's buffer to the receiver's.
    private var updates: Plot.Series {
        let samples = result.timeline.samples
        let points = result.timeline.marks.filter { $0.kind == .windowUpdate }.compactMap { mark in
            samples.last { $0.moment <= mark.moment }.map { sample in
                Plot.Point(
                    x(mark.moment), Double(sample.ledger.accepted) - Double(sample.ledger.inSendQueue ?? 0))
            }
        }
        return Plot.Series("window update", .purple, .marks(.diamond), points)
    }

    private var guides: [Plot.Guide] {
        var seen: Set<WriteBlockTimeline.Mark.Kind> = []
        return result.timeline.marks.filter { $0.kind != .windowUpdate }.map { mark in
            // Only the first of each kind has a label.
            let name = seen.insert(mark.kind).inserted ? Self.name(mark.kind) : ""
            return Plot.Guide(x(mark.moment), name, Self.tint(mark.kind))
        }
    }

    private static func name(_ kind: WriteBlockTimeline.Mark.Kind) -> String {
        switch kind {
        case .blocked: "blocked"
        case .windowUpdate: "window update"
        case .unblocked: "unblocked"
        case .peerEnded: "peer ended"
        }
    }

    private static func tint(_ kind: WriteBlockTimeline.Mark.Kind) -> Tint {
        switch kind {
        case .blocked: .red
        case .windowUpdate: .purple
        case .unblocked: .green
        case .peerEnded: .grey
        }
    }
}
