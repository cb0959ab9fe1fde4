/// A program that was started a moment ago: the numbers of the descriptors that lead to it, each to be adopted.
struct ChildStart: Sendable {
    let pid: Int32
    let watch: Int32
    /// Its standard input and output as we have them: two pipes, or one terminal.
    let channel: Channel
    let errors: Int32?

    enum Channel: Sendable {
        case pipes(input: Int32, output: Int32)
        case terminal(Int32, path: String)
    }

    /// Starts the program. It stops the calling thread until the program has been loaded, for half a millisecond and more.
    static func make(
        _ program: ChildProgram, environment: [[UInt8]], size: TerminalSize?
    ) -> Result<ChildStart, ChildFailure> {
        Result { () throws(ChildFailure) in
            program.usesTerminal
                ? try onTerminal(program, environment, size) : try throughPipes(program, environment)
        }
    }

    private static func throughPipes(
        _ program: ChildProgram, _ environment: [[UInt8]]
    ) throws(ChildFailure) -> ChildStart {
        let input = try ChildPipe(.toChild)
        let output = try ChildPipe(.fromChild)
        guard program.givesErrors else {
            let (pid, watch) = try start(
                program, environment,
                .given(input: input.theirs.rawValue, output: output.theirs.rawValue, error: nil))
            return ChildStart(
                pid: pid, watch: watch, channel: .pipes(input: input.takeOurs(), output: output.takeOurs()),
                errors: nil)
        }
        let errors = try ChildPipe(.fromChild)
        let (pid, watch) = try start(
            program, environment,
            .given(input: input.theirs.rawValue, output: output.theirs.rawValue, error: errors.theirs.rawValue))
        return ChildStart(
            pid: pid, watch: watch, channel: .pipes(input: input.takeOurs(), output: output.takeOurs()),
            errors: errors.takeOurs())
    }

    private static func onTerminal(
        _ program: ChildProgram, _ environment: [[UInt8]], _ size: TerminalSize?
    ) throws(ChildFailure) -> ChildStart {
        let (number, path) = try call("posix_openpt") { () throws(Errno) in try TerminalCalls.open() }
        let ours = FileDescriptor(adopting: number)
        // A terminal without a size is none that a program could draw on.
        try call("ioctl") { () throws(Errno) in
            try TerminalCalls.setSize(size ?? TerminalSize(rows: 24, columns: 80), of: number)
        }
        let (pid, watch) = try start(program, environment, .terminal(path: path))
        return ChildStart(pid: pid, watch: watch, channel: .terminal(ours.release(), path: path), errors: nil)
    }

    private static func start(
        _ program: ChildProgram, _ environment: [[UInt8]], _ streams: SpawnCalls.Streams
    ) throws(ChildFailure) -> (pid: Int32, watch: Int32) {
        let pid = try call("posix_spawn") { () throws(Errno) in
            try SpawnCalls.start(program.words.map(\.bytes), environment: environment, streams)
        }
        do throws(Errno) { return (pid, try ChildCalls.watch(pid).release()) } catch {
            // Nobody could say how it ends: it is not to begin.
            try? ChildCalls.killAndReap(pid)
            throw ChildFailure(errno: error, call: "pidfd_open")
        }
    }

    fileprivate static func call<Value>(
        _ call: String, _ body: () throws(Errno) -> Value
    ) throws(ChildFailure) -> Value {
        do throws(Errno) { return try body() } catch { throw ChildFailure(errno: error, call: call) }
    }
}

/// A pipe of which a program gets one end. Ours does not make us wait; the program's is as programs expect them.
private struct ChildPipe: ~Copyable {
    enum Direction { case toChild, fromChild }

    private let ours: FileDescriptor
    let theirs: FileDescriptor

    init(_ direction: Direction) throws(ChildFailure) {
        let ends = try ChildStart.call("pipe2") { () throws(Errno) in try FileCalls.pipe() }
        let isToChild = direction == .toChild
        let ours = FileDescriptor(adopting: isToChild ? ends.writer : ends.reader)
        let theirs = FileDescriptor(adopting: isToChild ? ends.reader : ends.writer)
        let number = theirs.rawValue
        try ChildStart.call("fcntl") { () throws(Errno) in try FileCalls.setNonBlocking(false, number) }
        self.ours = ours
        self.theirs = theirs
    }

    /// Gives our end away, and closes the program's.
    consuming func takeOurs() -> Int32 { ours.release() }
}
