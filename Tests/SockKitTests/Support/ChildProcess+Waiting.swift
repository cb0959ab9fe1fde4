import Glibc
import Testing

/// Something did not happen in time, or can no longer happen.
struct Overdue: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, of name: String, _ record: ChildProcess.Record) {
        let state = record.status.map { "ended with \($0)" } ?? "still running"
        description = """
            no \(what) from \(name), which is \(state) and wrote \(record.out.count) bytes to standard output
            standard output: \(record.outText.suffix(600).debugDescription)
            standard error: \(record.errText.suffix(2000).debugDescription)
            """
    }
}

/// All that a program did.
struct Outcome: Sendable, CustomStringConvertible {
    let name: String
    let status: Int32
    let bytes: [UInt8]
    let err: String
    /// From just before the start until the exit was seen.
    let elapsed: Duration

    var out: String { String(decoding: bytes, as: UTF8.self) }

    /// The lines of standard output.
    var lines: [String] { out.split(separator: "\n").map(String.init) }

    var description: String {
        """
        \(name): status \(status) after \(elapsed)
        standard output: \(out.suffix(600).debugDescription)
        standard error: \(err.suffix(2000).debugDescription)
        """
    }

    /// Records an issue that tells everything unless the status is this one.
    func expect(status wanted: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(status == wanted, "\(self)", sourceLocation: sourceLocation)
    }

    /// Records an issue unless the status was this, and nothing was said on standard error.
    func expectQuietErrors(status wanted: Int32, sourceLocation: SourceLocation = #_sourceLocation) {
        expect(status: wanted, sourceLocation: sourceLocation)
        #expect(err.isEmpty, "\(self)", sourceLocation: sourceLocation)
    }

    /// Records an issue that tells everything unless standard output was this text.
    func expect(out wanted: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(out == wanted, "\(self)", sourceLocation: sourceLocation)
    }

    /// Records an issue that tells everything unless standard output was these lines, after the first few.
    func expect(lines wanted: [String], after skipped: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(Array(lines.dropFirst(skipped)) == wanted, "\(self)", sourceLocation: sourceLocation)
    }
}

/// How long anything may take that should happen at once: generous, for a loaded machine.
let patience: Duration = .seconds(60)

extension ChildProcess {
    enum Stream: String, Sendable {
        case out = "standard output"
        case err = "standard error"
    }

    /// Waits until `look` finds what it looks for in what happened so far, and returns it.
    func wait<Value: Sendable>(
        for what: String, within limit: Duration = patience, _ look: @escaping @Sendable (Record) -> Value?
    ) async throws -> Value {
        let name = self.name
        let result: Result<Value, Overdue> = await withCheckedContinuation { continuation in
            pump.watch(until: .now + limit) { record, isLast in
                if let value = look(record) {
                    continuation.resume(returning: .success(value))
                } else if isLast {
                    continuation.resume(returning: .failure(Overdue(what, of: name, record)))
                } else {
                    return false
                }
                return true
            }
        }
        return try result.get()
    }

    /// As `wait`, and the thread is not given away: for what is to be done next within fractions of a second.
    func hold<Value>(for what: String, _ look: (Record) -> Value?) throws -> Value {
        let end = SuspendingClock.now + patience
        while true {
            if let value = look(record) { return value }
            guard .now < end else { throw Overdue(what, of: name, record) }
            usleep(1000)
        }
    }

    /// Waits for a complete line that contains `text`, and returns the first.
    @discardableResult
    func waitForLine(
        containing text: String = "", on stream: Stream = .err, within limit: Duration = patience
    ) async throws -> String {
        try await wait(for: "line containing \(text.debugDescription) on \(stream.rawValue)", within: limit) { record in
            let written = stream == .out ? record.outText : record.errText
            // What follows the last newline is a line only once the stream cannot grow any more.
            let lines = written.split(separator: "\n", omittingEmptySubsequences: false)
            return (record.isOver ? lines : lines.dropLast()).first { $0.contains(text) }.map(String.init)
        }
    }

    /// Waits until standard output contains `text`.
    func waitForOutput(_ text: String, within limit: Duration = patience) async throws {
        try await wait(for: "\(text.debugDescription) on standard output", within: limit) { record in
            record.outText.contains(text) ? () : nil
        }
    }

    /// Waits until standard output has had at least `count` bytes.
    func waitForOutput(count: Int, within limit: Duration = patience) async throws {
        try await wait(for: "\(count) bytes on standard output", within: limit) { $0.out.count >= count ? () : nil }
    }

    /// Waits until the program has ended and its output too, and returns what it did.
    func finish(within limit: Duration = patience) async throws -> Outcome {
        let (name, started) = (self.name, self.started)
        return try await wait(for: "end", within: limit) { record in
            guard record.isOver, let status = record.status, let exited = record.exited else { return nil }
            return Outcome(
                name: name, status: status, bytes: record.out, err: record.errText, elapsed: exited - started)
        }
    }

    /// Sends a signal and returns what the program did until its end.
    func finish(after signal: Int32, within limit: Duration = patience) async throws -> Outcome {
        self.signal(signal)
        return try await finish(within: limit)
    }

    /// What the program did so far.
    var record: Record { pump.record }
}
