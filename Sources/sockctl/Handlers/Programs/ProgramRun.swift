import SockKit

/// One program that runs for one peer, from its start until it has been waited for.
@Netpoller
final class ProgramRun: PeerConversation {
    let child: Child
    let ends: Ends
    private let reporter: Reporter
    private var errorLines: ErrorLines?
    /// Waits for the end of the program and of its conversation, and for its group where that was hung up.
    private(set) var watch: Task<ExitStatus, Never>?
    private var hangUpTask: Task<Void, Never>?
    private let conversation = Promise<Void>()
    private var closing: Task<Void, Never>?
    /// What joins it to its peer, as long as that goes on.
    var relay: Relay?

    /// So long a process group has to end once it was hung up, and a program once it has closed its terminal.
    private static let grace = Duration.seconds(2)

    init(_ child: Child, _ ends: Ends, command: String, _ reporter: Reporter) {
        self.child = child
        self.ends = ends
        self.reporter = reporter
        reporter.report(StartedEvent(ends: ends, pid: child.pid, command: command))
        errorLines = child.errors.map { errors in
            ErrorLines(errors) { [ends, reporter, pid = child.pid] line in
                reporter.report(ChildErrorEvent(ends: ends, pid: pid, line: line))
            }
        }
        (child.stream as? ChildTerminal)?.onDeafness = { [weak self] in self?.hangUp() }
        watch = Netpoller.spawn { await self.awaitEnd() }
    }

    private func awaitEnd() async -> ExitStatus {
        let ending: ChildCalls.Ending
        do throws(Errno) {
            guard let found = try await child.wait() else { return .success }
            ending = found
        } catch {
            return await endUnknown(error)
        }
        let duration = Deadline.now - child.started
        (child.stream as? ChildTerminal)?.leaderHasEnded()
        await errorLines?.finish(within: .milliseconds(200))
        reporter.report(ExitedEvent(ends: ends, pid: child.pid, ending: ending, duration: duration))
        // Its peer may go on with others that it has started, and those be hung up in the end.
        _ = await conversation.wait()
        closing?.cancel()
        child.stream.close()
        await hangUpTask?.value
        switch ending {
        case .exit(let status): return .program(status)
        case .signal(let number): return .signal(number)
        }
    }

    private func endUnknown(_ error: Errno) async -> ExitStatus {
        reporter.fail(code: error.name, message: "how program \(child.pid) ended cannot be learnt: waitid: \(error)")
        _ = await conversation.wait()
        child.stream.close()
        return .system
    }

    /// Its peer is served no more.
    ///
    /// Where both had said their end, a program on a terminal has closed that and is about to end, as cat(1) does: a terminal
    /// that is closed on our side as well hangs it up, and it would be killed on its last steps.
    func conversationHasEnded(inOrder: Bool) {
        relay = nil
        if inOrder, child.stream is ChildTerminal {
            closing = Netpoller.spawn { [child] in
                if await Netpoller.sleep(for: Self.grace) { child.stream.close() }
            }
        } else {
            child.stream.close()
        }
        conversation.fulfil(())
    }

    /// Tells the program's process group that its peer has gone, and kills who is still there after the grace.
    func hangUp() {
        guard hangUpTask == nil, child.hasGroup else { return }
        child.signalGroup(.hangUp)
        hangUpTask = Netpoller.spawn { [child] in
            let end = Deadline.now + Self.grace
            var pause = Duration.milliseconds(5)
            while !end.hasPassed {
                await Netpoller.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(100))
                guard child.hasGroup else { return }
            }
            child.signalGroup(.kill)
        }
    }

    /// Kills the program's process group, at once.
    func kill() { child.signalGroup(.kill) }

    // MARK: - The order to finish

    var isIdle: Bool { false }

    /// The program reads the end of its input, and may say what it still has to say.
    func finish() { relay?.endFar() }
}
