import SockKit

/// Runs a command to its end: signals, the limit of the whole run, and the status that comes of them.
@Netpoller
final class Conductor {
    let reporter: Reporter
    private var interruption: Signal?
    private var hasTimedOut = false
    private var wasToldToFinish = false
    /// Nothing is waited for any more but who reads the last reports.
    private var isDone = false
    private var body: Task<ExitStatus, Never>?
    /// Waits for closes that linger.
    private var closes: Task<Void, Never>?
    /// A server's way to finish: called with the first signal, which then ends nothing by itself.
    var onFinish: (@Netpoller (Signal) -> Void)?
    /// What SIGHUP does where it does not end the program.
    var onHangUp: (@Netpoller () -> Void)?
    /// Says how far things are, at SIGUSR1.
    var onInquiry: (@Netpoller () -> Void)?
    /// Told that the terminal has another size.
    var onResize: (@Netpoller () -> Void)?
    /// The last thing that is done where a signal ends the program at once.
    var onAbort: (@Netpoller () -> Void)?
    /// What has to be tidied up there as well, since nothing comes to its end.
    var leftovers: [@Netpoller () -> Void] = []
    /// What is still to be written once the command has ended; each says how that ends which failed.
    var endings: [@Netpoller () async -> ExitStatus?] = []

    private static let patience = Duration.seconds(1)

    init(_ reporter: Reporter) {
        self.reporter = reporter
    }

    /// Runs `command`, and returns the status for the shell.
    func run(
        maximumTime: Duration?, _ command: @escaping @Netpoller @Sendable (Conductor) async -> ExitStatus
    ) async -> ExitStatus {
        ProcessCalls.raiseDescriptorLimit()
        let signals = watchSignals()
        defer { signals?.cancel() }
        let body = Netpoller.spawn { await self.end(await command(self)) }
        self.body = body
        let end = maximumTime.map { Deadline.now + $0 } ?? .never
        let limit = maximumTime.map { span in Netpoller.spawn { await self.limit(body, to: span) } }
        let status = await body.value
        limit?.cancel()
        isDone = true
        // Who reads the last reports has a moment more.
        let patience = max(end, .now + Self.patience)
        let isRead = await reporter.finish(until: patience)
        if let failure = reporter.outputFailure {
            let error = NetworkError(.write, .standardOutput, cause: .system(failure, call: "write"))
            let lost = reporter.fail(error)
            _ = await reporter.finish(until: patience)
            if status == .success { return lost }
        }
        if let interruption { return .signal(interruption.number) }
        if hasTimedOut || !isRead { return .timedOut }
        return status == .success ? reporter.unwritten.status ?? status : status
    }

    private func end(_ status: ExitStatus) async -> ExitStatus {
        var status = status
        onFinish = nil
        // Whoever was told to finish waits no longer than a moment for who reads.
        if wasToldToFinish { body?.cancel() }
        for ending in endings {
            if let failure = await ending(), status == .success { status = failure }
        }
        for loss in await SlowKeyLogs.finish() {
            reporter.report(OutputDroppedEvent(bytes: loss.bytes, path: loss.path))
            if status == .success { status = .cannotCreate }
        }
        if interruption == nil, !hasTimedOut {
            let closes = Netpoller.spawn { await LingeringCloses.finish() }
            self.closes = closes
            await closes.value
        }
        return status
    }

    private func limit(_ body: Task<ExitStatus, Never>, to span: Duration) async {
        guard await Netpoller.sleep(for: span) else { return }
        hasTimedOut = true
        reporter.fail(code: "timeout", message: "the run took \(Quantity.duration(span)), as long as --max-time allows")
        body.cancel()
        closes?.cancel()
    }

    private func watchSignals() -> Task<Void, Never>? {
        do throws(Errno) {
            let watcher = try SignalWatcher([.interrupt, .terminate, .hangUp, .userOne, .windowChange])
            return Netpoller.spawn {
                do throws(Errno) { while let signal = try await watcher.next() { self.take(signal) } } catch {
                    self.tellUnwatched(error)
                }
            }
        } catch {
            tellUnwatched(error)
            return nil
        }
    }

    /// Whoever interrupts it ends it at once, and is not to wonder what became of the rest.
    private func tellUnwatched(_ error: Errno) {
        reporter.fail(code: error.name, message: "signals cannot be seen (\(error)): each ends this program at once")
    }

    private func take(_ signal: Signal) {
        switch signal {
        case .userOne: return onInquiry?() ?? ()
        case .windowChange: return onResize?() ?? ()
        default: break
        }
        if isDone { abort(signal) }
        if signal == .hangUp, let onHangUp { return onHangUp() }
        if let finish = onFinish {
            onFinish = nil
            wasToldToFinish = true
            finish(signal)
            return
        }
        // The second signal: whatever still runs is not waited for.
        if interruption != nil { abort(signal) }
        interruption = signal
        body?.cancel()
        closes?.cancel()
    }

    private func abort(_ signal: Signal) -> Never {
        onAbort?()
        for tidyUp in leftovers { tidyUp() }
        reporter.settle()
        ProcessCalls.exit(ExitStatus.signal(signal.number).code)
    }
}

extension Signal {
    /// What became of a program that this signal told to end.
    var deed: String {
        switch self {
        case .terminate: "terminated"
        case .hangUp: "hung up"
        default: "interrupted"
        }
    }
}
