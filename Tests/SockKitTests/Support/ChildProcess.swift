import Glibc
import Synchronization

/// A running program with its standard streams in our hands.
///
/// What it writes is collected as it comes and what it is to read is written as it takes it, both by a thread of the
/// program's own, so nothing here blocks and no test holds up another. Every wait has a deadline. The program is the
/// leader of a process group and stays a zombie until `end`, so its number and its group's are never somebody else's.
final class ChildProcess: Sendable {
    /// What standard input is.
    enum Input: Sendable {
        /// A pipe that stays open until `closeInput`.
        case open
        /// A pipe with these bytes in it, then its end.
        case bytes([UInt8])
        /// A pipe with this text in it, then its end.
        case text(String)
        /// A file, from its beginning.
        case file(String)
        /// /dev/null.
        case empty
        /// Nothing at all: descriptor 0 is closed.
        case closed
    }

    /// What standard output is.
    enum Output: Sendable {
        /// A pipe, read to its end.
        case pipe
        /// A file, truncated or made.
        case file(String)
        /// A pipe that nobody reads any more.
        case closedPipe
        /// Nothing at all: descriptor 1 is closed.
        case closed
    }

    /// What happened so far.
    struct Record: Sendable {
        var out: [UInt8] = []
        var err: [UInt8] = []
        /// The status as a shell tells it: 128 + n for a program that signal n ended.
        var status: Int32?
        var exited: SuspendingClock.Instant?
        var openStreams = 2

        var outText: String { String(decoding: out, as: UTF8.self) }
        var errText: String { String(decoding: err, as: UTF8.self) }
        var isOver: Bool { status != nil && openStreams == 0 }
    }

    let name: String
    let pid: pid_t
    let started: SuspendingClock.Instant
    let pump: ProcessPump

    init(
        _ path: String, _ arguments: [String], input: Input = .empty, output: Output = .pipe,
        environment: [String: String] = [:]
    ) throws {
        name = ([String(path.split(separator: "/").last ?? "")] + arguments).joined(separator: " ")
        started = .now
        let inputs = try Self.open(input)
        let outputs = try Self.open(output)
        let errors = try Pipe()
        pid = try spawn(
            path, arguments, environment: currentEnvironment().merging(environment) { $1 },
            streams: StandardStreams(
                input: inputs.theirs, output: outputs.theirs, error: StandardStream(errors.writeEnd, O_WRONLY)))
        // Each stream ends once the program has closed it, and it alone has it.
        for descriptor in inputs.given + outputs.given + [errors.writeEnd] { close(descriptor) }
        pump = try ProcessPump(
            pid, input: inputs.ours, pending: inputs.bytes, output: outputs.ours, error: errors.readEnd)
        pump.start()
    }

    /// Adds to what the program reads from an `open` input.
    func send(_ text: String) { pump.send(Array(text.utf8)) }

    /// Adds to what the program reads from an `open` input.
    func send(_ bytes: [UInt8]) { pump.send(bytes) }

    /// Ends the program's standard input once it has taken all of it.
    func closeInput() { pump.endInput() }

    /// Stops reading the program's standard output: its next write there fails.
    func closeOutput() { pump.closeOutput() }

    /// Sends a signal to the program.
    func signal(_ number: Int32) { kill(pid, number) }

    /// Stops the program as a debugger would, and waits until it stands, unless it has ended.
    func pause() async throws {
        signal(SIGSTOP)
        try await eventually("stop of \(name)") { ["T", "Z", nil].contains(processState(of: pid)) ? () : nil }
    }

    /// Kills the program with all of its process group and takes it from the process table.
    func end() async {
        kill(-pid, SIGKILL)
        await pump.end()
    }

    /// The program's end of its standard input, the descriptors that are only there to be handed on, and our end with
    /// what is to be written there.
    private static func open(
        _ input: Input
    ) throws -> (theirs: StandardStream?, given: [Int32], ours: Int32?, bytes: [UInt8]?) {
        switch input {
        case .open: try piped(nil)
        case .bytes(let bytes): try piped(bytes)
        case .text(let text): try piped(Array(text.utf8))
        case .file(let path): (StandardStream(path, O_RDONLY), [], nil, nil)
        case .empty: (StandardStream("/dev/null", O_RDONLY), [], nil, nil)
        case .closed: (nil, [], nil, nil)
        }
    }

    private static func piped(
        _ bytes: [UInt8]?
    ) throws -> (theirs: StandardStream?, given: [Int32], ours: Int32?, bytes: [UInt8]?) {
        let pipe = try Pipe()
        return (StandardStream(pipe.readEnd, O_RDONLY), [pipe.readEnd], pipe.writeEnd, bytes)
    }

    private static func open(_ output: Output) throws -> (theirs: StandardStream?, given: [Int32], ours: Int32?) {
        switch output {
        case .pipe:
            let pipe = try Pipe()
            return (StandardStream(pipe.writeEnd, O_WRONLY), [pipe.writeEnd], pipe.readEnd)
        case .closedPipe:
            let pipe = try Pipe()
            // A pipe is opened for writing only while somebody has it open for reading.
            return (StandardStream(pipe.writeEnd, O_WRONLY), [pipe.writeEnd, pipe.readEnd], nil)
        case .file(let path): return (StandardStream(path, O_WRONLY | O_CREAT | O_TRUNC), [], nil)
        case .closed: return (nil, [], nil)
        }
    }
}
