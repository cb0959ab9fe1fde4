import Glibc
import SockKit
import Synchronization

/// The thread that carries a program's streams and answers those who wait for something to happen in them.
final class ProcessPump: Sendable {
    /// Looks at the record, told whether this is its last chance, and returns whether it is satisfied.
    typealias Watcher = @Sendable (ChildProcess.Record, _ isLast: Bool) -> Bool

    private struct State {
        var record = ChildProcess.Record()
        var watchers: [(deadline: SuspendingClock.Instant, look: Watcher)] = []
        var pending: [UInt8] = []
        var input: Int32?
        var output: Int32?
        var error: Int32?
        var inputEnds = false
        var isEnding = false
        var isDone = false
        var mourners: [CheckedContinuation<Void, Never>] = []
    }

    private let pid: pid_t
    private let wakeUp: Pipe
    private let state: Lock<State>

    init(_ pid: pid_t, input: Int32?, pending: [UInt8]?, output: Int32?, error: Int32) throws {
        self.pid = pid
        wakeUp = try Pipe()
        var state = State()
        (state.input, state.output, state.error) = (input, output, error)
        state.pending = pending ?? []
        state.inputEnds = pending != nil
        state.record.openStreams = output == nil ? 1 : 2
        self.state = Lock(state)
    }

    var record: ChildProcess.Record { state.withLock { $0.record } }

    func start() {
        startThread { self.awaitExit() }
        startThread { self.run() }
    }

    func send(_ bytes: [UInt8]) {
        state.withLock { $0.pending += bytes }
        wake()
    }

    func endInput() {
        state.withLock { $0.inputEnds = true }
        wake()
    }

    func closeOutput() {
        state.withLock { Self.close(&$0.output, &$0.record) }
        wake()
    }

    /// Calls `look` now and after every change until it is satisfied; the last time at the deadline or at the end.
    func watch(until deadline: SuspendingClock.Instant, _ look: @escaping Watcher) {
        let isDone = state.withLock { state in
            if !state.isDone { state.watchers.append((deadline, look)) }
            return state.isDone
        }
        if isDone { _ = look(record, true) } else { wake() }
    }

    /// Waits until the program, which somebody has killed, is gone, and reaps it.
    func end() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                state.isEnding = true
                if !state.isDone { state.mourners.append(continuation) }
                return state.isDone
            }
            if isDone { continuation.resume() } else { wake() }
        }
    }

    private func wake() {
        state.withLock { state in
            // After the end the number may belong to somebody else's descriptor.
            if !state.isDone { _ = unsafe write(wakeUp.writeEnd, [0], 1) }
        }
    }

    /// Notes the exit but leaves the zombie, which keeps the process and group numbers from being used again.
    private func awaitExit() {
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        let value = unsafe info._sifields._sigchld.si_status
        let isExit = unsafe info.si_code == Int32(CLD_EXITED)
        state.withLock { state in
            state.record.status = isExit ? value : 128 + value
            state.record.exited = .now
        }
        wake()
    }

    private func run() {
        // A write to a program that has gone must fail here, not end the whole test run.
        var brokenPipe = sigset_t()
        unsafe sigemptyset(&brokenPipe)
        unsafe sigaddset(&brokenPipe, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &brokenPipe, nil)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let (descriptors, timeout) = state.withLock { Self.plan($0, wakeUp: wakeUp.readEnd) }
            var polled = descriptors
            _ = unsafe poll(&polled, nfds_t(polled.count), timeout)
            while unsafe read(wakeUp.readEnd, &buffer, buffer.count) > 0 {}
            state.withLock { state in
                Self.take(&state.output, into: \.out, &state.record, &buffer)
                Self.take(&state.error, into: \.err, &state.record, &buffer)
                Self.give(&state)
            }
            settle()
            if state.withLock({ $0.isEnding && $0.record.status != nil }) { break }
        }
        finish()
    }

    private static func plan(_ state: borrowing State, wakeUp: Int32) -> ([pollfd], Int32) {
        var descriptors = [pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)]
        for descriptor in [state.output, state.error] {
            if let descriptor { descriptors.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)) }
        }
        if let input = state.input, !state.pending.isEmpty {
            descriptors.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0))
        }
        guard let next = state.watchers.map(\.deadline).min() else { return (descriptors, -1) }
        let left = SuspendingClock.now.duration(to: next).components
        // Rounded up: a deadline that is not quite reached must not make a busy loop.
        return (descriptors, max(0, Int32(left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)))
    }

    private static func take(
        _ descriptor: inout Int32?, into stream: WritableKeyPath<ChildProcess.Record, [UInt8]>,
        _ record: inout ChildProcess.Record, _ buffer: inout [UInt8]
    ) {
        guard let source = descriptor else { return }
        // As much as a full pipe, then the others' turn.
        for _ in 0..<16 {
            let count = unsafe read(source, &buffer, buffer.count)
            if count > 0 {
                record[keyPath: stream] += buffer[..<count]
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                return close(&descriptor, &record)
            } else {
                return
            }
        }
    }

    private static func give(_ state: inout State) {
        guard let input = state.input else { return }
        while !state.pending.isEmpty {
            let count = unsafe write(input, state.pending, state.pending.count)
            if count > 0 {
                state.pending.removeFirst(count)
            } else if errno == EAGAIN || errno == EINTR {
                return
            } else {
                state.pending = []
                state.inputEnds = true
            }
        }
        if state.inputEnds {
            Glibc.close(input)
            state.input = nil
        }
    }

    private static func close(_ descriptor: inout Int32?, _ record: inout ChildProcess.Record) {
        guard let number = descriptor else { return }
        Glibc.close(number)
        descriptor = nil
        record.openStreams -= 1
    }

    private func settle() {
        let (record, watchers) = state.withLock { state in
            let watchers = state.watchers
            state.watchers = []
            return (state.record, watchers)
        }
        let now = SuspendingClock.now
        let unsatisfied = watchers.filter { !$0.look(record, $0.deadline <= now || record.isOver) }
        state.withLock { $0.watchers += unsatisfied }
    }

    private func finish() {
        var status: Int32 = 0
        unsafe waitpid(pid, &status, 0)
        let (record, watchers, mourners) = state.withLock { state in
            for descriptor in [state.input, state.output, state.error, wakeUp.readEnd, wakeUp.writeEnd] {
                if let descriptor { Glibc.close(descriptor) }
            }
            state.record.openStreams = 0
            state.isDone = true
            defer { (state.watchers, state.mourners) = ([], []) }
            return (state.record, state.watchers, state.mourners)
        }
        for watcher in watchers { _ = watcher.look(record, true) }
        for mourner in mourners { mourner.resume() }
    }
}
