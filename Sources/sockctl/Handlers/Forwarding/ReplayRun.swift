import SockKit

/// `forward --replay`: plays a record's clients to the target, and says where what comes back differs.
@Netpoller
final class ReplayRun {
    /// How long the target may be silent once all was sent, unless that is said.
    static let patience = Duration.seconds(10)

    private let recording: Recording
    private let dialer: TargetDialer
    private let network: Network
    private let reporter: Reporter
    private let speed: Double
    private let patience: Duration
    private let start = Deadline.now
    private var (same, different, failed) = (0, 0, 0)
    private var (bytesUp, bytesDown) = (0, 0)
    /// How the first one ended that was not as in the record.
    private var status = ExitStatus.success

    init(
        _ recording: Recording, _ dialer: TargetDialer, _ network: Network, speed: Double, patience: Duration?,
        _ reporter: Reporter
    ) {
        self.recording = recording
        self.dialer = dialer
        self.network = network
        self.reporter = reporter
        self.speed = speed
        self.patience = patience ?? Self.patience
    }

    func run() async -> ExitStatus {
        let replay = Replay(
            recording, datagrams: network.kind == .datagram, speed: speed, patience: patience
        ) { [dialer] conversation throws(NetworkError) in
            try await dialer.connect(for: conversation.number).0
        }
        guard replay.count > 0 else {
            let kind = network.kind == .datagram ? "datagrams" : "connections"
            reporter.fail(code: "message", message: "the record has no \(kind) that could be played to \(network)")
            return .data
        }
        replay.onOutcome = { self.take($0) }
        await replay.run()
        reportSummary(replay.count)
        return status
    }

    private func take(_ outcome: ReplayOutcome) {
        bytesUp += outcome.bytesUp
        bytesDown += outcome.bytesDown
        switch outcome.result {
        case .success(nil):
            same += 1
            reporter.report(
                ReplayedEvent(
                    connection: outcome.number, bytesUp: outcome.bytesUp, bytesDown: outcome.bytesDown,
                    time: .now - start))
        case .success(let difference?):
            different += 1
            if status == .success { status = .notSo }
            reporter.report(DifferenceEvent(connection: outcome.number, difference: difference, patience: patience))
        case .failure(let error):
            guard error.cause != .cancelled else { return }
            failed += 1
            let own = reporter.fail(error, connection: outcome.number)
            if status == .success { status = own }
        }
    }

    private func reportSummary(_ count: Int) {
        let interrupted = count - same - different - failed
        reporter.report(
            SummaryEvent(
                measures: [
                    Measure("conversations", .count(count)), Measure("same", .count(same)),
                    Measure("different", .count(different)), Measure("failed", .count(failed)),
                ] + (interrupted > 0 ? [Measure("interrupted", .count(interrupted))] : []) + [
                    Measure("bytes_up", .bytes(bytesUp)), Measure("bytes_down", .bytes(bytesDown)),
                    Measure("elapsed", .duration(.now - start)),
                ]))
    }
}
