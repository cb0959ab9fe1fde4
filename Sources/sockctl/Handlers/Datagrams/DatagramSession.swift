import SockKit

/// A datagram socket joined to standard input and output.
@Netpoller
final class DatagramSession {
    private let arguments: PeerArguments
    private let streams: PairedStream
    private let copies: PayloadCopies
    private let reporter: Reporter
    private var task: Task<DatagramRelay.Result, Never>?
    private var received = (datagrams: 0, bytes: 0)
    private var sent = (datagrams: 0, bytes: 0)
    /// Whose datagrams are taken; nil is everybody's.
    var gate: Gate?

    init(_ arguments: PeerArguments, _ streams: PairedStream, _ copies: PayloadCopies, _ reporter: Reporter) {
        self.arguments = arguments
        self.streams = streams
        self.copies = copies
        self.reporter = reporter
    }

    /// Runs to the end; the socket is left open. `longest` is how long a datagram may be, `firstTimeout` how long the
    /// first one is waited for.
    func run(
        _ socket: DatagramRelay.Ends, _ ends: Ends, longest: Int, firstTimeout: Duration? = nil
    ) async -> ExitStatus {
        let input = streams.source.map { _ in PeerViews(arguments, copies).near(streams) }
        let relay = DatagramRelay(socket, input: input, output: streams.sink, rules: rules(longest, firstTimeout))
        if let gate { relay.takes = { gate.takes(from: $0) } }
        report(of: relay, ends)
        let task = Netpoller.spawn { await relay.run() }
        self.task = task
        copies.onFailure = { _ in task.cancel() }
        let lifetime = arguments.ending.closeAfter.map { span in
            Netpoller.spawn { if await Netpoller.sleep(for: span) { task.cancel() } }
        }
        let result = await Netpoller.join(task)
        lifetime?.cancel()
        if let dropped = DroppedEvent(ends, socket.drops) { reporter.report(dropped) }
        return conclude(result, relay, ends)
    }

    /// Ends it, as the order to a server that would go on for ever.
    func finish(_ reason: String) {
        reporter.report(StoppingEvent(reason: reason))
        task?.cancel()
    }

    /// Says how much has gone both ways so far, as SIGUSR1 asks.
    func reportProgress() {
        reporter.writeProgressLine(
            "\(Quantity.count(received.datagrams, "datagram")) received, \(Quantity.bytes(received.bytes)); "
                + "\(sent.datagrams) sent, \(Quantity.bytes(sent.bytes))")
    }

    private func report(of relay: DatagramRelay, _ ends: Ends) {
        relay.onReceive = { [self] datagram in
            received.datagrams += 1
            received.bytes += datagram.count
            var ends = ends
            ends.remote = datagram.source
            if datagram.isTruncated {
                reporter.report(MessageCutEvent(bytes: datagram.count, length: datagram.length))
            }
            reporter.report(DatagramReceivedEvent(ends: ends, bytes: datagram.count, length: datagram.length))
        }
        relay.onSend = { [self] count, peer in
            sent.datagrams += 1
            sent.bytes += count
            var ends = ends
            ends.remote = peer
            reporter.report(DatagramSentEvent(ends: ends, bytes: count, length: count))
        }
        relay.onLost = { [reporter] _, error in reporter.fail(error) }
        guard copies.isWanted else { return }
        if copies.waits { relay.waitsForRoom = { [copies] in await copies.waitForRoom() } }
        relay.seesReceived = { [copies] bytes in copies.see(bytes, .received) }
        relay.seesSent = { [copies] bytes in copies.see(bytes, .sent) }
    }

    private func rules(_ longest: Int, _ firstTimeout: Duration?) -> DatagramRelay.Rules {
        var rules = DatagramRelay.Rules()
        rules.grace = arguments.ending.quitAfter ?? arguments.ending.inputGrace
        rules.idleTimeout = arguments.deadlines.idleTimeout
        rules.awaitsFirst = arguments.deadlines.silenceIsEnd
        rules.firstTimeout = firstTimeout
        rules.count = arguments.ending.count
        rules.writeSize = arguments.pace.writeSize ?? longest
        if let size = arguments.pace.pace.readSize { rules.readSize = size }
        return rules
    }

    private func conclude(_ result: DatagramRelay.Result, _ relay: DatagramRelay, _ ends: Ends) -> ExitStatus {
        if let failure = copies.failure { return reporter.fail(failure) }
        let status = tell(result.ending, relay, ends)
        accountForRest(result)
        return status
    }

    private func tell(_ ending: DatagramRelay.Ending, _ relay: DatagramRelay, _ ends: Ends) -> ExitStatus {
        switch ending {
        case .done, .outputGone, .cancelled: return .success
        case .failed(let error): return reporter.fail(error)
        case .idle where arguments.deadlines.silenceIsEnd: return .success
        case .idle:
            let span = relay.datagramsReceived == 0 ? "no datagram came in time" : "nothing came or went in time"
            return reporter.fail(NetworkError(.read, network: ends.network, local: ends.local, cause: .noAnswer(span)))
        }
    }

    /// What was taken of standard input and never sent is told, however it ended.
    private func accountForRest(_ result: DatagramRelay.Result) {
        let unsent = result.bytesUnsent
        guard unsent > 0 else { return }
        reporter.report(InputDroppedEvent(bytes: unsent, sent: result.bytesSent + unsent, unsent: unsent))
    }
}
