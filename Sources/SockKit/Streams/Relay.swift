/// Joins a connection to an input and an output until both directions are done, losing nothing unsaid.
///
/// The rules, in the order in which they are looked at: output gone; a failure; both directions ended; the peer ended
/// (how long to wait for the rest of the input depends on what the input is); the input ended (half-close, and how long
/// to wait for the peer); silence.
@Netpoller
public final class Relay {
    private let connection: Connection
    private let paced: PacedConnection
    private let input: ByteSource?
    private let output: ByteSink?
    private let rules: RelayRules
    private let tap: RelayTap
    private let onEvent: (@Netpoller (RelayEvent) -> Void)?

    private let inbound: RelayFlow
    private let outbound: RelayFlow
    private let mailbox = Mailbox<Signal>()

    private var inputEnded = false
    private var peerEnded = false
    private var saidEnd = false
    /// The readers that have not come to the end yet.
    private var openReaders = 0
    private var writeFailure: NetworkError?
    private var quitAt: Deadline?
    /// The peer's end came inside a frame.
    private var frameFailure: NetworkError?

    private enum Signal: Sendable {
        case inputEnded, peerEnded, outputGone
        case sendFailed(NetworkError), receiveFailed(NetworkError)
    }

    /// Without an input nothing is sent and no end is said; without an output what comes is thrown away.
    public init(
        _ connection: Connection, input: ByteSource?, output: ByteSink?, rules: RelayRules = RelayRules(),
        tap: RelayTap = RelayTap(), onEvent: (@Netpoller (RelayEvent) -> Void)? = nil
    ) {
        self.connection = connection
        paced = PacedConnection(connection, rules.pace)
        self.input = input
        self.output = output
        self.rules = rules
        self.tap = tap
        self.onEvent = onEvent
        inbound = RelayFlow(.received, counts: tap.counts)
        outbound = RelayFlow(.sent, counts: tap.counts)
        let isTimed = rules.idleTimeout != nil
        inbound.keepsTime = isTimed
        outbound.keepsTime = isTimed
    }

    public var bytesReceived: Int { inbound.bytes }
    public var bytesSent: Int { outbound.bytes }

    /// Counts something that others sent on the connection as traffic.
    public func noteSent() {
        outbound.touch()
    }

    /// Runs to the end. The connection is left open for its owner to close; the task's cancellation ends the relay.
    public func run() async -> RelayResult {
        let tasks = start()
        let ending = await decide().orFailed(frameFailure)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        return result(ending)
    }

    // MARK: - The directions

    private func start() -> [Task<Void, Never>] {
        openReaders = rules.reads ? rules.readers : 1
        var tasks = (1...openReaders).map { reader in Netpoller.spawn { await self.receive(reader) } }
        if input != nil { tasks.append(Netpoller.spawn { await self.send() }) }
        if let output {
            tasks.append(Netpoller.spawn { if await output.waitUntilGone() { self.mailbox.post(.outputGone) } })
        }
        return tasks
    }

    private func send() async {
        guard let input else { return }
        let pump = OutboundPump(
            source: input, paced: paced, flow: outbound, tap: tap, chunkSize: rules.inputSize)
        do throws(NetworkError) {
            if let frames = rules.frames { try await pump.sendFrames(frames) } else { try await pump.run() }
            mailbox.post(.inputEnded)
        } catch {
            mailbox.post(.sendFailed(error))
        }
    }

    private func receive(_ reader: Int) async {
        let pump = InboundPump(
            paced: paced, sink: output, flow: inbound, tap: tap, reader: rules.readers > 1 ? reader : nil)
        while true {
            do throws(NetworkError) {
                if !rules.reads {
                    try await connection.waitUntilGone()
                } else if let frames = rules.frames, output != nil {
                    frameFailure = try await pump.receiveFrames(frames)
                } else {
                    try await pump.run()
                }
                openReaders -= 1
                if openReaders == 0 { mailbox.post(.peerEnded) }
                return
            } catch {
                // What moves inside the kernel keeps nothing between two reads: after a time-out it can begin again.
                if pump.goesOn(after: error) { continue }
                return mailbox.post(error.isOutputGone ? .outputGone : .receiveFailed(error))
            }
        }
    }

    // MARK: - The rules

    private func decide() async -> RelayResult.Ending {
        while true {
            let next = await mailbox.next(until: nextLook)
            guard let signal = next.message else {
                if next.wake == .cancelled { return .cancelled }
                if let ending = timeCameUp() { return ending }
                continue
            }
            if let ending = consider(signal) { return ending }
        }
    }

    private func consider(_ signal: Signal) -> RelayResult.Ending? {
        switch signal {
        case .outputGone: return .outputGone
        case .receiveFailed(let error): return .failed(writeFailure ?? error)
        case .sendFailed(let error):
            if error.operation == .read || error.cause == .timeout { return .failed(error) }
            // What the peer had sent before it went is still to be read: the receiving side will end by itself.
            writeFailure = error
            return peerEnded ? .failed(error) : nil
        case .inputEnded:
            inputEnded = true
            let isDone = peerEnded || rules.endsWithInput
            onEvent?(.inputEnded(saysEnd: isDone || saysEnd))
            if isDone { return .done }
            if saysEnd { sayEnd() }
            quitAt = rules.quitAfter.map { .now + $0 }
            return nil
        case .peerEnded:
            peerEnded = true
            onEvent?(.peerEnded)
            if let writeFailure { return .failed(writeFailure) }
            return peerHasEnded()
        }
    }

    private func peerHasEnded() -> RelayResult.Ending? {
        guard let input, !inputEnded else { return .done }
        if rules.endsWithPeer { return .done }
        if rules.isHalfOpen || input.isFile { return nil }
        if input.isTerminal { return .done }
        outbound.keepsTime = true
        outbound.touch()
        return nil
    }

    private var saysEnd: Bool {
        switch rules.halfClose {
        case .never: false
        case .unlessEmpty: outbound.bytes > 0 || input?.hasGiven == true
        case .always: true
        }
    }

    private func sayEnd() {
        // The peer may be gone already; then the receiving side says so.
        try? connection.closeWrite()
        saidEnd = true
    }

    // MARK: - The clock

    private var graceEnd: Deadline? {
        guard peerEnded, !inputEnded, !rules.isHalfOpen, let input, !input.isFile, let grace = rules.inputGrace
        else { return nil }
        return outbound.lastAt + grace
    }

    private var idleEnd: Deadline? {
        rules.idleTimeout.map { max(inbound.lastAt, outbound.lastAt) + $0 }
    }

    private var nextLook: Deadline? {
        [quitAt, graceEnd, idleEnd].compactMap { $0 }.min()
    }

    private func timeCameUp() -> RelayResult.Ending? {
        if let quitAt, quitAt.hasPassed { return .quit }
        if let graceEnd, graceEnd.hasPassed { return .inputStayedOpen }
        if let idleEnd, idleEnd.hasPassed { return .idle }
        return nil
    }

    private func result(_ ending: RelayResult.Ending) -> RelayResult {
        if outbound.bytes + outbound.stranded > 0 { input?.hasGiven = true }
        return RelayResult(
            ending: ending, bytesReceived: inbound.bytes, bytesSent: outbound.bytes, bytesStranded: outbound.stranded,
            bytesUnacknowledged: connection.bytesUnacknowledged ?? 0, peerEnded: peerEnded, inputEnded: inputEnded,
            saidEnd: saidEnd, firstByteAt: inbound.firstAt)
    }
}
