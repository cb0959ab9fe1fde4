import SockKit

/// A datagram socket joined to standard input and output.
@Netpoller
final class DatagramSession {
    private let ends: Ends
    private let arguments: PeerArguments
    private let reporter: Reporter
    private let copies: Copies
    private let start = Deadline.now
    private var lineEndings = LineEndings()
    private let kinds: DatagramRelay.Ends
    private let streams: StandardStreams
    private var task: Task<RelayResult, Never>?

    init(
        _ kinds: DatagramRelay.Ends, _ ends: Ends, _ arguments: PeerArguments, _ streams: StandardStreams,
        _ copies: Copies, _ reporter: Reporter
    ) {
        self.ends = ends
        self.arguments = arguments
        self.reporter = reporter
        self.copies = copies
        self.kinds = kinds
        self.streams = streams
    }

    func run(firstTimeout: Duration?) async -> ExitStatus {
        let relay = DatagramRelay(
            kinds, input: streams.input, output: streams.output, rules: rules(firstTimeout), tap: tap())
        relay.onReceive = { [ends, reporter] datagram in
            var ends = ends
            ends.remote = datagram.source
            if datagram.isTruncated {
                reporter.report(MessageCutEvent(bytes: datagram.count, length: datagram.length))
            }
            reporter.report(DatagramReceivedEvent(ends: ends, bytes: datagram.count, length: datagram.length))
        }
        relay.onSend = { [ends, reporter] count, peer in
            var ends = ends
            ends.remote = peer
            reporter.report(DatagramSentEvent(ends: ends, bytes: count, length: count))
        }
        let task = Netpoller.spawn { await relay.run() }
        self.task = task
        copies.onFailure = { task.cancel() }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return report(result, relay)
    }

    /// Ends it, as the order to a server that would go on for ever.
    func finish() {
        reporter.report(StoppingEvent(reason: "interrupted"))
        task?.cancel()
    }

    private func rules(_ firstTimeout: Duration?) -> DatagramRelay.Rules {
        var rules = DatagramRelay.Rules()
        rules.grace = arguments.ending.quitAfter ?? arguments.ending.inputGrace
        rules.idleTimeout = arguments.deadlines.idleTimeout
        rules.firstTimeout = firstTimeout
        rules.count = arguments.ending.count
        if let size = arguments.pace.writeSize { rules.writeSize = size }
        if arguments.pace.readSize < PaceArguments().readSize { rules.readSize = arguments.pace.readSize }
        return rules
    }

    private func tap() -> RelayTap {
        var tap = RelayTap()
        if copies.isWanted {
            tap.seesReceived = { [copies] bytes in copies.see(bytes, .received) }
            tap.seesSent = { [copies] bytes in copies.see(bytes, .sent) }
        }
        if arguments.transfer.isCRLF { tap.converts = { [self] bytes in lineEndings.convert(bytes) } }
        return tap
    }

    private func report(_ result: RelayResult, _ relay: DatagramRelay) -> ExitStatus {
        if let failure = copies.failure {
            reporter.report(FailedEvent(failure))
            return .cannotCreate
        }
        switch result.ending {
        case .done, .quit, .outputGone, .cancelled, .inputStayedOpen: return .success
        case .failed(let error):
            let status = reporter.fail(error)
            if result.bytesStranded > 0 {
                let sent = result.bytesSent + result.bytesStranded
                reporter.report(InputDroppedEvent(bytes: result.bytesStranded, sent: sent))
            }
            return status
        case .idle:
            let span = relay.datagramsReceived == 0 ? "no datagram came in time" : "nothing came or went in time"
            reporter.fail(code: "timeout", message: "read \(ends.network) \(ends.local.map { "\($0)" } ?? ""): \(span)")
            return .timedOut
        }
    }
}
