import SockKit

/// Tells what a scan finds as it is found, and how far it is.
@Netpoller
final class ScanNarrator: ProbeNarrator {
    typealias Subject = ScanProbe

    private let reporter: Reporter
    private let network: Network
    private let total: Int
    private let layout: ScanLayout?
    private let saysAll: Bool
    private let start = Deadline.now
    private var scanned = 0
    private var open = 0
    private var hasHead = false
    private var status: Task<Void, Never>?
    var onReaderGone: (@Netpoller () -> Void)?

    init(_ reporter: Reporter, _ targets: ScanTargets, _ network: Network) {
        self.reporter = reporter
        self.network = network
        total = targets.count
        saysAll = reporter.isReported(.verbose)
        // Another program's lines are no table.
        let isTable =
            reporter.targetTerminal.isTerminal && !reporter.settings.isJSON && reporter.settings.wording == nil
        layout = isTable ? ScanLayout(network: network, width: targets.addressWidth) : nil
        showProgress()
    }

    func take(_ finding: ScanFinding) {
        scanned += 1
        if finding.state == .open { open += 1 }
        guard finding.state == .open || saysAll else { return }
        if let layout, !hasHead {
            hasHead = true
            reporter.tell(layout.head(on: reporter.targetTerminal))
        }
        reporter.report(ofMany: ScannedEvent(network: network, finding: finding, layout: layout))
        if reporter.isTargetGone { onReaderGone?() }
    }

    func finish() {
        status?.cancel()
        status = nil
        reporter.setStatus(nil)
    }

    /// The summary. One place, of which all has been said, needs none.
    func conclude(_ result: ScanResult) {
        guard !reporter.isTargetGone else { return }
        let isPlain = total == 1 && result.scanned == 1 && result.silent == 0 && result.reasons.isEmpty
        guard !isPlain || saysAll || reporter.errorTerminal.isTerminal else { return }
        reporter.conclude(SummaryEvent(measures: result.measures(network)), ScanConclusion(result, network).text)
    }

    func reportProgress() { reporter.writeProgressLine(progress) }

    private var progress: String {
        let elapsed = Deadline.now - start
        var line = "\(scanned) of \(total) scanned, \(open) open, \(Quantity.duration(elapsed))"
        if scanned > 0, scanned < total {
            line += ", \(Quantity.duration(elapsed * (Double(total - scanned) / Double(scanned)))) left"
        }
        return line
    }

    private func showProgress() {
        let settings = reporter.settings
        guard !settings.isQuiet, !settings.isJSON else { return }
        let isInPlace = reporter.errorTerminal.rewritesLines
        guard isInPlace || settings.showsProgress else { return }
        status = Netpoller.spawn { [weak self] in
            var pause = Duration.seconds(1)
            while await Netpoller.sleep(for: pause), !Task.isCancelled {
                guard let self else { return }
                if isInPlace { self.reporter.setStatus(self.progress) } else { self.reportProgress() }
                pause = isInPlace ? .milliseconds(200) : .seconds(1)
            }
        }
    }
}

extension ScanTargets {
    /// How wide the widest of the addresses is.
    fileprivate var addressWidth: Int {
        let ends = groups.flatMap { group in
            let port = group.ports.max() ?? 0
            // IPv6 addresses are as long as they happen to be: the last of a block is longer than most.
            let hosts = group.hosts.flatMap { [$0[0], $0.last] }
            return hosts.map { Endpoint.ip($0, port: port).description.count }
                + group.names.map { "\($0):\(port)".printable.count }
        }
        return (ends + unix.map { Endpoint.unix($0).description.printable.count }).max() ?? 0
    }
}
