/// Joins two streams until both directions are done, losing nothing unsaid.
///
/// The rules, in the order in which they are looked at: the near side gone; a failure; both sides ended; what one side's
/// end means while the other goes on.
@Netpoller
public final class Relay {
    private let near: any ByteStream
    private let far: any ByteStream
    private let rules: RelayRules
    private let onEvent: (@Netpoller (RelayEvent) -> Void)?
    private let outbound: Pump
    private let inbound: [Pump]
    private let mailbox = Mailbox<Signal>()

    private var nearEnded = false
    private var farEnded = false
    /// Nobody takes any more what the near side is given.
    private var nearIsGone = false
    private var saidEnd = false
    /// The readers of the far side that have not come to its end yet.
    private var openReaders: Int
    /// The tasks that read the far side.
    private var receiving: [Task<Void, Never>] = []
    /// The far side takes no more. What it had given before is still to be read: its own end will come by itself.
    private var writeFailure: NetworkError?
    /// When to stop waiting: a point in time, or a silence of the direction that is still open.
    private var quitAt: Deadline?
    private var silence: (limit: Duration, of: [Pump], ending: RelayResult.Ending)?

    /// How long the bytes of a far side that takes no more, and its end, are waited for.
    private static let patience = Duration.seconds(1)

    private enum Signal: Sendable {
        case nearEnded, farEnded, nearGone, stopped
        case sendFailed(NetworkError), receiveFailed(NetworkError)
    }

    /// `readers` are views of the far side that are read at once: each byte goes to one of them, and to the near side in
    /// the order read. By default the far side is read itself.
    public init(
        _ near: any ByteStream, _ far: any ByteStream, readers: [any ByteStream] = [],
        rules: RelayRules = RelayRules(), onEvent: (@Netpoller (RelayEvent) -> Void)? = nil
    ) {
        self.near = near
        self.far = far
        self.rules = rules
        self.onEvent = onEvent
        outbound = Pump(near, far, chunkSize: rules.chunkSize)
        inbound = (readers.isEmpty ? [far] : readers).map { Pump($0, near) }
        openReaders = inbound.count
        nearEnded = !rules.readsNear
    }

    /// Runs to the end. The streams are left open for their owners to close; the task's cancellation ends the relay.
    public func run() async -> RelayResult {
        receiving = inbound.map { pump in Netpoller.spawn { await self.receive(pump) } }
        var tasks = receiving
        if rules.readsNear { tasks.append(Netpoller.spawn { await self.send() }) }
        tasks.append(Netpoller.spawn { await self.watchNear() })
        let ending = await decide()
        for task in tasks { task.cancel() }
        for pump in inbound { pump.abandon() }
        for task in tasks { await task.value }
        return RelayResult(
            ending: ending, bytesToFar: outbound.count, bytesToNear: inbound.reduce(0) { $0 + $1.count },
            unsent: outbound.unsent, ungiven: inbound.reduce(0) { $0 + $1.lost },
            nearEnded: rules.readsNear && nearEnded, farEnded: farEnded, saidEnd: saidEnd)
    }

    /// Ends the relay at once, as if its task were cancelled.
    public func stop() {
        mailbox.post(.stopped)
    }

    /// Takes the far side as ended: nothing more is read of it, and the near side is told once it has what was read before.
    public func endFar() {
        for (index, pump) in inbound.enumerated() where !pump.isStopped {
            pump.stop(index < receiving.count ? receiving[index] : nil)
        }
    }

    // MARK: - The directions

    private func send() async {
        do throws(NetworkError) {
            try await outbound.run()
            mailbox.post(.nearEnded)
        } catch {
            mailbox.post(.sendFailed(error))
        }
    }

    private func receive(_ pump: Pump) async {
        do throws(NetworkError) { try await pump.run() } catch {
            // A reading that was cut off is at its end, however it comes to it.
            guard pump.isStopped, error.operation == .read || error.cause == .cancelled else {
                mailbox.post(error.isOutputGone ? .nearGone : .receiveFailed(error))
                return
            }
        }
        openReaders -= 1
        if openReaders == 0 { mailbox.post(.farEnded) }
    }

    private func watchNear() async {
        do throws(NetworkError) {
            try await near.waitUntilGone()
            mailbox.post(.nearGone)
        } catch {
            // The wait was ended, with the relay or with the output.
        }
    }

    // MARK: - The rules

    private func decide() async -> RelayResult.Ending {
        while true {
            let next = await mailbox.next(until: nextLook)
            let ending: RelayResult.Ending?
            if let signal = next.message {
                ending = consider(signal)
            } else {
                ending = next.wake == .cancelled ? .cancelled : timeCameUp()
            }
            if let ending { return ending }
        }
    }

    private func consider(_ signal: Signal) -> RelayResult.Ending? {
        switch signal {
        case .nearGone: return nearHasGone()
        case .stopped: return .cancelled
        case .receiveFailed(let error):
            // What the other side said of TLS is why it takes no more.
            if case .tls = error.cause { return .failed(error) }
            return .failed(writeFailure ?? error)
        case .sendFailed(let error): return sendingFailed(error)
        case .nearEnded: return nearHasEnded()
        case .farEnded: return farHasEnded()
        }
    }

    private func sendingFailed(_ error: NetworkError) -> RelayResult.Ending? {
        guard error.operation == .write, error.endsConnection, !farEnded else { return .failed(error) }
        writeFailure = error
        waitForSilence(Self.patience, of: inbound, then: .failed(error))
        return nil
    }

    private func nearHasGone() -> RelayResult.Ending? {
        nearIsGone = true
        // After the near side was told of the end it may go: that is what it was told for.
        if farEnded, rules.farEnd.notice == .always { return nil }
        guard rules.givesWhenGone else { return .nearGone }
        return nearEnded ? .done : nil
    }

    private func nearHasEnded() -> RelayResult.Ending? {
        nearEnded = true
        var isOver = farEnded || nearIsGone
        if case .nothing = rules.nearEnd.wait { isOver = true }
        let isPassedOn = isOver || isWorthSaying
        onEvent?(RelayEvent(ended: .near, isPassedOn: isPassedOn))
        if isOver { return .done }
        if isPassedOn {
            do throws(NetworkError) { try far.closeWrite() } catch {
                // The far side may be gone already; then the receiving direction says so, and soon.
                guard error.endsConnection else { return .failed(error) }
                waitForSilence(Self.patience, of: inbound, then: .failed(error))
                return nil
            }
            saidEnd = true
        }
        return wait(as: rules.nearEnd.wait, for: inbound)
    }

    private func farHasEnded() -> RelayResult.Ending? {
        farEnded = true
        onEvent?(RelayEvent(ended: .far, isPassedOn: rules.farEnd.notice == .always))
        if let writeFailure { return .failed(writeFailure) }
        // Whoever takes what came learns of the end now, however long this side goes on sending.
        if rules.farEnd.notice == .always { try? near.closeWrite() }
        if nearEnded { return .done }
        return wait(as: rules.farEnd.wait, for: [outbound])
    }

    private var isWorthSaying: Bool {
        switch rules.nearEnd.notice {
        case .never: false
        case .unlessEmpty: outbound.count > 0
        case .always: true
        }
    }

    private func wait(as rule: RelayRules.End.Wait, for open: [Pump]) -> RelayResult.Ending? {
        switch rule {
        case .nothing: return .done
        case .otherSide: break
        case .atMost(let span): quitAt = .now + span
        case .silence(let span): waitForSilence(span, of: open, then: .otherStayedOpen)
        }
        return nil
    }

    // MARK: - The clock

    private func waitForSilence(_ span: Duration, of pumps: [Pump], then ending: RelayResult.Ending) {
        for pump in pumps { pump.keepsTime = true }
        silence = (span, pumps, ending)
    }

    private var silenceEnd: Deadline? {
        guard let silence, let last = silence.of.map(\.lastMoved).max() else { return nil }
        return last + silence.limit
    }

    private var nextLook: Deadline? {
        [quitAt, silenceEnd].compactMap { $0 }.min()
    }

    private func timeCameUp() -> RelayResult.Ending? {
        if let quitAt, quitAt.hasPassed { return .quit }
        guard let silence, let silenceEnd, silenceEnd.hasPassed else { return nil }
        // Who takes nothing, or slowly, does not make the other side silent: there is something to be given.
        let busy = silence.of.filter(\.isHeldUp)
        if busy.isEmpty { return silence.ending }
        for pump in busy { pump.keepsTime = true }
        return nil
    }
}

extension NetworkError {
    /// The connection itself is no more: what it had given before can still be read, and then its end.
    package var endsConnection: Bool {
        if case .tls(let failure) = cause { return failure.kind == .cutOff }
        return errno.map(Self.ends.contains) ?? false
    }

    private static let ends: Set<Errno> = [
        .brokenPipe, .connectionReset, .connectionAborted, .notConnected, .timedOut, .hostUnreachable, .hostDown,
        .networkUnreachable, .networkDown,
    ]
}
