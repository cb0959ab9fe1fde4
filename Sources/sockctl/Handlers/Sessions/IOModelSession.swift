import SockKit

/// `listen --io-model`: one peer after another is served with plain system calls on a thread of its own.
@Netpoller
final class IOModelSession {
    private let listener: Listener
    private let model: IOModel
    private let limits: Server.Limits
    private let readSize: Int
    private let reporter: Reporter
    private var server: IOModelServer?
    private var isFinishing = false
    private var peers = 0
    private var total = IOModelResult()

    init(_ listener: Listener, _ model: IOModel, limits: Server.Limits, readSize: Int, reporter: Reporter) {
        self.listener = listener
        self.model = model
        self.limits = limits
        self.readSize = readSize
        self.reporter = reporter
    }

    func run() async -> ExitStatus {
        let status = await withTaskCancellationHandler {
            await acceptAll()
        } onCancel: {
            Netpoller.spawn { self.stop() }
        }
        listener.close()
        reportSummary()
        return status
    }

    /// The order to finish: the peer that is being served is let go.
    func finish() {
        reporter.report(StoppingEvent(reason: "interrupted"))
        stop()
    }

    private func stop() {
        isFinishing = true
        listener.close()
        server?.stop()
    }

    private func acceptAll() async -> ExitStatus {
        while limits.accepts.map({ peers < $0 }) ?? true, !isFinishing {
            listener.deadline = limits.firstPeer.map { .now + $0 }
            let connection: Connection
            do throws(NetworkError) { connection = try await listener.accept() } catch {
                return isFinishing || error.cause == .cancelled ? .success : reporter.fail(error)
            }
            peers += 1
            await serve(connection)
        }
        return .success
    }

    private func serve(_ connection: Connection) async {
        let ends = Ends(connection, number: peers)
        reporter.report(AcceptedEvent(ends: ends))
        let start = Deadline.now
        let onWait: IOModelServer.Report = { [reporter] wait in reporter.report(WaitedEvent(ends: ends, wait: wait)) }
        guard let server = IOModelServer(connection, model, bufferSize: readSize, onWait: onWait) else { return }
        self.server = server
        let result = await server.run()
        self.server = nil
        total.add(result)
        let ending: ConnectionEnding
        switch result.ending {
        case .peer: ending = .peer
        case .stopped: ending = .local
        case .failed(let error):
            reporter.fail(error, connection: peers)
            ending = ConnectionEnding(error)
        }
        reporter.report(
            ClosedEvent(
                ends: ends, by: ending, duration: .now - start, received: result.bytesReceived, sent: result.bytesSent))
    }

    private func reportSummary() {
        reporter.report(
            SummaryEvent(measures: [
                Measure("io_model", .text(model.rawValue)), Measure("peers", .count(peers)),
                Measure("reads", .count(total.reads)), Measure("bytes", .bytes(total.bytesReceived)),
                Measure("syscalls", .count(total.calls)), Measure("would_block", .count(total.wouldBlock)),
                Measure("cpu_seconds", .duration(total.processorTime)),
                Measure("wait_seconds", .duration(total.waitingTime)),
            ]))
    }
}

extension IOModel {
    init(_ model: EchoModel) {
        switch model {
        case .blocking: self = .blocking
        case .spin: self = .spin
        case .epoll: self = .epoll
        }
    }
}
