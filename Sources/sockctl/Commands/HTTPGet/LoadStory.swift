import SockKit

/// Goes along with a load: its failures as they come, how far it is, and with `-v` each exchange.
@Netpoller
final class LoadStory {
    private let load: HTTPLoad
    private let transport: Transport
    private let reporter: Reporter
    private var progress: Task<Void, Never>?
    /// What the first failure means for the shell.
    private(set) var status: ExitStatus?

    init(_ load: HTTPLoad, _ transport: Transport, _ reporter: Reporter) {
        self.load = load
        self.transport = transport
        self.reporter = reporter
        load.onFailure = { [weak self] error in
            let status = reporter.fail(error)
            if let self, self.status == nil { self.status = status }
        }
        guard reporter.isReported(.verbose) else { return }
        load.onBegin = { request in
            let log = ExchangeLog(request, transport, reporter, showsHeads: false)
            return LoadWitness(observer: { log.take($0) }, onFailure: { log.fail($0) })
        }
    }

    func accompany() async -> LoadResult {
        beginProgress()
        let result = await load.run()
        progress?.cancel()
        if reporter.errorTerminal.rewritesLines { reporter.setStatus(nil) }
        return result
    }

    /// Says how far it is, for whoever asks.
    func reportProgress() { reporter.writeProgressLine(line) }

    private var line: String {
        let result = load.result
        let done = result.answered + result.failures.total
        var parts = ["\(done)" + (load.plan.planned.map { " of \($0)" } ?? "") + " requests"]
        let elapsed = load.elapsed
        parts.append("\((Double(result.answered) / max(elapsed.seconds, 1e-9)).text(decimals: 0))/s")
        parts.append(Quantity.duration(elapsed))
        if result.failures.total > 0 { parts.append("\(result.failures.total) failed") }
        if let median = result.latency.time(at: 5000) { parts.append("p50 \(Quantity.duration(median))") }
        return parts.joined(separator: "  ")
    }

    private func beginProgress() {
        let settings = reporter.settings
        let isInPlace = reporter.errorTerminal.rewritesLines
        guard !settings.isQuiet, !settings.isJSON, settings.showsProgress || isInPlace else { return }
        progress = Netpoller.spawn { [weak self] in
            while await Netpoller.sleep(for: .seconds(1)), !Task.isCancelled {
                guard let self else { return }
                if isInPlace { self.reporter.setStatus(self.line) } else { self.reportProgress() }
            }
        }
    }
}
