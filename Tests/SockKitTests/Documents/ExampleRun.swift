import Glibc
import Testing

/// One run of an example in the test's scratch directory, with `sh` and with free ports for those that it names.
final class ExampleRun {
    private struct Listener {
        let step: Example.Step
        let process: ChildProcess
    }

    private let example: Example
    /// The ports that the example names, and those that stand for them.
    private var ports: [Substring: Int] = [:]
    private var listeners: [Listener] = []
    private var lastStatus: Int32?

    init(_ example: Example) { self.example = example }

    /// Runs all of it. A status is 0 unless `wanted` says otherwise or the example itself shows it.
    func play(status wanted: Int32 = 0) async throws {
        for (index, step) in example.steps.enumerated() {
            let next = example.steps.dropFirst(index + 1).first
            if step.command == "echo $?" {
                #expect(step.output == [String(try #require(lastStatus))], "\(example.testDescription)")
            } else if isListener(step.command), next.map({ $0.terminal != step.terminal }) ?? isForever(step.command) {
                try listen(step)
            } else {
                try await finish(step, wanted: next?.command == "echo $?" ? nil : wanted)
            }
        }
        for listener in listeners { try await end(listener) }
        try compareFiles()
    }

    // MARK: One command

    private func listen(_ step: Example.Step) throws {
        let process = try start(step.command, isListener: true)
        let listening = try process.listeningLine()
        if let port = ChildProcess.port(in: listening), let named = ownPort(in: step.command) {
            ports[named] = port
        }
        listeners.append(Listener(step: step, process: process))
    }

    private func end(_ listener: Listener) async throws {
        let process = listener.process
        let isAlone = example.steps.count == 1
        // The first signal is a server's order to finish; a pipe's listener that nobody came to is interrupted by it.
        let isForever = isForever(listener.step.command)
        if isReceiver(listener.step.command) {
            // Until it is interrupted, or silence ends it; with a count it has done what was asked.
            if isForever { kill(-process.pid, SIGINT) }
            let isTimed = listener.step.command.contains("--timeout")
            process.closeInput()
            let outcome = try await process.finish()
            outcome.expect(status: isForever ? 130 : isTimed ? 75 : 0)
            return check(listener.step, outcome)
        }
        if isForever && (isServer(listener.step.command) || isAlone) { kill(-process.pid, SIGINT) }
        process.closeInput()
        let outcome = try await process.finish()
        outcome.expect(status: isForever && isAlone && !isServer(listener.step.command) ? 130 : 0)
        check(listener.step, outcome)
    }

    private func finish(_ step: Example.Step, wanted: Int32?) async throws {
        let process = try start(step.command, isListener: false)
        process.closeInput()
        let outcome = try await process.finish(within: patience)
        lastStatus = outcome.status
        if let wanted { outcome.expect(status: wanted) }
        check(step, outcome)
    }

    private func check(_ step: Example.Step, _ outcome: Outcome) {
        guard let shown = step.output else { return }
        // A server is shown as it runs; the end is the test's.
        let end = "server closed: interrupted"
        let isEnded = outcome.lines.last?.hasPrefix(end) == true && shown.last?.hasPrefix(end) != true
        let lines = isEnded ? Array(outcome.lines.dropLast()) : outcome.lines
        #expect(Example.matches(shown.map(inScratch), lines), "shown: \(shown)\n\(outcome)")
    }

    /// Both streams go where a terminal would show them.
    private func start(_ command: String, isListener: Bool) throws -> ChildProcess {
        var command = inScratch(command.replacing("swift run -c release sockctl", with: "sockctl"))
        let own = isListener ? ownPort(in: command) : nil
        for range in fixedPorts(in: command).reversed() {
            let port = command[range] == own ? 0 : try ports[command[range]] ?? freePort(for: command[range])
            command.replaceSubrange(range, with: "\(port)")
        }
        for match in command.matches(of: /<([a-z]+\.?[a-z]+)/) {
            try writeFile(scratch(String(match.output.1)), noise(300_000))
        }
        // A program alone is the process that gets the signal.
        let isSimple = !command.replacing(/'[^']*'/, with: "").contains { "|;&".contains($0) }
        let folder = try #require(Binary.sockctl).split(separator: "/").dropLast().map { "/\($0)" }.joined()
        let script = "exec 2>&1; cd \(try Scene.required().directory); \(isSimple ? "exec " : "")\(command)"
        let path = "\(folder):\(currentEnvironment()["PATH"] ?? "/usr/bin:/bin")"
        return try SockKitTests.start(
            "/bin/sh", ["-c", script], input: .open, environment: ["NO_COLOR": "1", "LC_ALL": "C.UTF-8", "PATH": path])
    }

    // MARK: What a command is

    private func isListener(_ command: String) -> Bool {
        command.contains(/sockctl (listen|http-serve|forward)/) || isReceiver(command)
    }

    private func isReceiver(_ command: String) -> Bool { command.contains("sockctl udp-recv") }

    private func isServer(_ command: String) -> Bool {
        command.contains(/\s(-k|--keep-open|--serve|http-serve|forward)\b/)
    }

    /// Whether it waits until somebody comes, or ends it.
    private func isForever(_ command: String) -> Bool {
        isListener(command) && !command.contains(/--(timeout|max-time|count|max-accepts)\b/)
    }

    // MARK: Ports and files

    /// Where a command names a port that the tests put another for.
    private func fixedPorts(in command: String) -> [Range<String.Index>] {
        // By Unicode's rules a number goes on after a comma.
        command.ranges(of: /\b3[0-9]{3}\b/.wordBoundaryKind(.simple))
    }

    /// The port that a listener's command listens on: the first one; a forwarder's others are its targets'.
    private func ownPort(in command: String) -> Substring? {
        guard let first = fixedPorts(in: command).first else { return nil }
        return command[..<first.lowerBound].contains("forward") && command[..<first.lowerBound].contains("unix:")
            ? nil : command[first]
    }

    private func freePort(for name: Substring) throws -> Int {
        let port = try unboundPort()
        ports[name] = port
        return port
    }

    private func inScratch(_ text: String) -> String {
        text.replacing("/tmp/", with: (Scene.current?.directory ?? "/tmp") + "/")
    }

    /// A file that was sent and the one that was received are the same.
    private func compareFiles() throws {
        let commands = example.steps.map(\.command)
        let sent = commands.compactMap { $0.firstMatch(of: /<([a-z]+\.?[a-z]+)/)?.output.1 }
        let received = commands.compactMap { $0.firstMatch(of: />([a-z]+\.?[a-z]+)/)?.output.1 }
        guard let sent = sent.first, let received = received.first else { return }
        let (before, after) = try (contents(of: scratch(String(sent))), contents(of: scratch(String(received))))
        #expect(before == after, "\(after.count) bytes of \(before.count) arrived, or other bytes")
    }
}

extension ChildProcess {
    /// Waits for sockctl's `listening` line or event, wherever it is written: some receivers read from then on for a moment
    /// only.
    fileprivate func listeningLine() throws -> String {
        try hold(for: "line containing \"listening\"") { record in
            record.outText.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .first { $0.contains("listening") }.map(String.init)
        }
    }
}
