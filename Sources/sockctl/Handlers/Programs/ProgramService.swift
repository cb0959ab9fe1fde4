import SockKit

/// Runs a program for each peer and joins the two by the end-of-data rule.
@Netpoller
final class ProgramService: Service {
    /// Told of what cannot be kept as `--output` and `--hex-dump` ask for.
    var onFailure: (@Netpoller () -> Void)?

    private let arguments: PeerArguments
    private let program: ChildProgram
    private let command: String
    private let reporter: Reporter
    private let views: PeerViews
    private let progress: Progress?
    /// The programs that have not been waited for, by their peers' numbers.
    private var runs: [Int: ProgramRun] = [:]
    private var lastStatus = ExitStatus.success
    /// Of the copy that could not be kept.
    private var copyStatus: ExitStatus?

    /// Progress is shown where there is but one peer.
    init(_ arguments: PeerArguments, _ copies: PayloadCopies, _ reporter: Reporter, isForOne: Bool) {
        self.arguments = arguments
        self.reporter = reporter
        // What the program says on standard error is not to be wiped away.
        progress = isForOne ? Progress(reporter, sharesTerminal: !reporter.isReported(.verbose)) : nil
        let words = arguments.program.command
        command = words.map(\.quoted).joined(separator: " ")
        var program = ChildProgram(words.map(\.byteString), withholding: ProgramVariables.names)
        program.usesTerminal = arguments.program.usesTerminal
        program.givesErrors = reporter.isReported(.verbose)
        self.program = program
        views = PeerViews(arguments, copies)
        copies.onFailure = { [weak self] error in
            let status = reporter.fail(error)
            self?.copyStatus = status
            self?.onFailure?()
        }
    }

    // MARK: - A peer

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        guard let run = await start(peer) else { return ServiceEnd(by: .local, status: lastStatus) }
        let view = views.far(peer, through: peer.stream)
        peer.progress = progress
        progress?.begin()
        let result = await join(peer, run, view)
        peer.onStop = nil
        var inOrder = false
        defer { run.conversationHasEnded(inOrder: inOrder) }
        if case .done = result.ending {
            inOrder = true
            // Unread bytes would make the close a reset, which could take what was sent with it.
            if !result.farEnded { try await peer.settle() }
        } else {
            run.hangUp()
        }
        return try end(result, peer, cutOff: view.cutOff)
    }

    private func start(_ peer: Peer) async -> ProgramRun? {
        do throws(ChildFailure) {
            let child = try await Child.start(
                program, setting: ProgramVariables.values(of: peer.ends), size: Self.terminalSize)
            let run = ProgramRun(child, peer.ends, command: command, reporter)
            runs[peer.number] = run
            Netpoller.spawn { await self.await(run, peer.number) }
            return run
        } catch {
            reporter.report(FailedEvent(Failure(error, program, of: peer.ends)))
            lastStatus = ExitStatus(of: error)
            return nil
        }
    }

    private func await(_ run: ProgramRun, _ number: Int) async {
        lastStatus = await run.watch?.value ?? .success
        runs[number] = nil
    }

    private func join(_ peer: Peer, _ run: ProgramRun, _ view: PeerView) async -> RelayResult {
        var rules = RelayRules()
        // One that says nothing and reads, as cat(1) into a file, must not turn its peer away.
        rules.nearEnd.notice = .unlessEmpty
        rules.givesWhenGone = true
        rules.chunkSize = peer.connection.longestMessage.map { arguments.pace.writeSize ?? $0 }
        let relay = Relay(views.near(run.child.stream), view.stream, rules: rules) { [reporter] event in
            guard event.ended == .far || event.isPassedOn else { return }
            reporter.report(HalfClosedEvent(ends: peer.ends, by: event.ended == .near ? .local : .peer))
        }
        run.relay = relay
        peer.conversation = run
        // The order to finish may have come while the program was being started.
        if peer.isFinishing { relay.endFar() }
        peer.onStop = { relay.stop() }
        let watch = watchForReset(peer)
        let result = await relay.run()
        watch?.cancel()
        return result
    }

    /// After the peer's end nothing is read of it: that it is gone for good the kernel tells all the same.
    private func watchForReset(_ peer: Peer) -> Task<Void, Never>? {
        guard peer.connection.network.isTCP else { return nil }
        return Netpoller.spawn {
            guard (try? await peer.connection.waitUntilGone()) != nil else { return }
            // Whoever reads hears of it as well, and has the kernel's own word.
            guard await Netpoller.sleep(for: .milliseconds(50)), !peer.connection.saidEnd else { return }
            peer.fail(peer.names.failure(.read, .system(.connectionReset, call: "read")))
        }
    }

    private func end(
        _ result: RelayResult, _ peer: Peer, cutOff: NetworkError?
    ) throws(NetworkError) -> ServiceEnd {
        switch result.ending {
        case .failed(let error): throw error
        case .cancelled: throw peer.failure ?? peer.names.failure(.read, .cancelled)
        case .done, .nearGone, .quit, .otherStayedOpen: break
        }
        if let cutOff { throw cutOff }
        return result.farEnded ? .byPeer : .byUs
    }

    // MARK: - The programs

    /// Waits until all programs have ended, those whose connections have ended before, too. `grace` is what they have for
    /// it, nil no limit; a task that is cancelled hangs them up.
    ///
    /// Returns the status for a conversation that ended with `status`: that of the program, unless a limit of ours ended it.
    func finish(_ status: ExitStatus, within grace: Duration? = nil) async -> ExitStatus {
        let limit = grace.map { span in
            Netpoller.spawn { if await Netpoller.sleep(for: span) { self.hangUp() } }
        }
        await withTaskCancellationHandler {
            while let run = runs.first { await self.await(run.value, run.key) }
        } onCancel: {
            Netpoller.spawn { self.hangUp() }
        }
        limit?.cancel()
        progress?.finish()
        if let copyStatus { return copyStatus }
        switch status {
        case .timedOut, .data: return status
        default: return lastStatus.code == 0 ? status : lastStatus
        }
    }

    /// A copy could not be kept, which ends the run.
    var hasFailed: Bool { copyStatus != nil }

    /// Hangs all programs up: nobody waits for them any more.
    func hangUp() {
        for run in runs.values { run.hangUp() }
    }

    /// Kills all programs: this one ends at once.
    func kill() {
        progress?.finish()
        for run in runs.values { run.kill() }
    }

    // MARK: - The terminal

    /// The size of the terminal that this program runs on.
    private static var terminalSize: TerminalSize? { (0...2).lazy.compactMap { TerminalCalls.size(of: $0) }.first }

    /// Gives the programs' terminals the size that ours has now.
    func resize() {
        guard let size = Self.terminalSize else { return }
        for run in runs.values { (run.child.stream as? ChildTerminal)?.resize(to: size) }
    }
}

extension Word {
    /// The word as it is typed into a shell.
    fileprivate var quoted: String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte >= 0x80 || "%+,-./:=@_".utf8.contains(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
            }
        return isPlain ? text : "'\(text.replacing("'", with: #"'\''"#))'"
    }
}
