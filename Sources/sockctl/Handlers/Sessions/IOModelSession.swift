import SockKit

/// `listen --io-model`: peers are served with plain system calls on a thread beside the loop, as the model has it.
@Netpoller
final class IOModelSession {
    private let listener: Listener
    private let server: IOModelServer
    private let limits: Server.Limits
    private let reporter: Reporter
    private let emptied = Parking()
    private var isFinishing = false
    private var peers = 0
    private var present = 0
    private var total = IOModelResult()

    init(_ listener: Listener, _ server: IOModelServer, limits: Server.Limits, reporter: Reporter) {
        self.listener = listener
        self.server = server
        self.limits = limits
        self.reporter = reporter
    }

    func run() async -> ExitStatus {
        // A task of its own is not cancelled with this one: it sees everybody off, and has their figures.
        let task = Netpoller.spawn { await self.serveAll() }
        let status = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            Netpoller.spawn { self.stop() }
        }
        reportSummary()
        return status
    }

    /// The order to finish: the peers that are being served are let go.
    func finish(_ reason: String) {
        reporter.report(StoppingEvent(reason: reason))
        stop()
    }

    private func stop() {
        isFinishing = true
        listener.close()
        server.stop()
    }

    private func serveAll() async -> ExitStatus {
        let status = await acceptAll()
        listener.close()
        if status != .success { server.stop() }
        while present > 0 { _ = await emptied.wait() }
        return status
    }

    private func acceptAll() async -> ExitStatus {
        while limits.accepts.map({ peers < $0 }) ?? true, !isFinishing {
            waitForFirst()
            let connection: Connection
            do throws(NetworkError) { connection = try await listener.accept() } catch {
                return isFinishing || error.cause == .cancelled ? .success : reporter.fail(error)
            }
            listener.deadline = nil
            (peers, present) = (peers + 1, present + 1)
            let number = peers
            let task = Netpoller.spawn { await self.serve(connection, number) }
            // The next one waits in the kernel's queue.
            if !server.model.servesMany { await task.value }
        }
        return .success
    }

    /// The time-out is for the first peer, and for the next one once all have left.
    private func waitForFirst() {
        guard present == 0, !isFinishing else { return }
        listener.deadline = limits.firstPeer.map { .now + $0 }
    }

    private func serve(_ connection: Connection, _ number: Int) async {
        let ends = Ends(connection, number: number)
        reporter.report(AcceptedEvent(ends: ends))
        let start = Deadline.now
        let result = await server.serve(connection) { [reporter] wait in
            reporter.report(WaitedEvent(ends: ends, wait: wait))
        }
        if let result { report(result, ends, since: start) }
        present -= 1
        waitForFirst()
        if present == 0 { emptied.wake() }
    }

    private func report(_ result: IOModelResult, _ ends: Ends, since start: Deadline) {
        total += result
        let ending: ConnectionEnding
        switch result.ending {
        case .peer: ending = .peer
        case .stopped: ending = .local
        case .failed(let error):
            reporter.fail(error, connection: ends.connection)
            ending = ConnectionEnding(error)
        }
        reporter.report(
            ClosedEvent(
                ends: ends, by: ending, duration: .now - start, received: result.waits.bytes, sent: result.bytesSent))
    }

    private func reportSummary() {
        reporter.report(
            SummaryEvent(measures: [
                Measure("io_model", .text(server.model.rawValue)), Measure("peers", .count(peers)),
                Measure("reads", .count(total.reads)), Measure("bytes", .bytes(total.waits.bytes)),
                Measure("syscalls", .count(total.waits.calls)), Measure("would_block", .count(total.waits.wouldBlock)),
                Measure("cpu_seconds", .duration(total.waits.processorTime)),
                Measure("wait_seconds", .duration(total.waits.time)),
            ]))
    }
}
