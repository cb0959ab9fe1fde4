/// A program that runs as a child of this process, at the head of a process group of its own.
@Netpoller
package final class Child {
    package let pid: Int32
    /// Its standard input and output.
    package let stream: any ByteStream
    /// What it says on standard error; nil where that goes elsewhere.
    package let errors: ChildErrors?
    package let started = Deadline.now
    /// How it ended, once that was waited for.
    package private(set) var ending: ChildCalls.Ending?
    private let watch: PolledDescriptor

    /// posix_spawn(3) stops its thread until the program has been loaded. Two at a time keep two processors busy, and a few
    /// more make up for those that wait for a disk.
    private static let launchers = WorkerThreads(most: 4)

    /// Starts a program with these variables added to its environment, and returns once it has been loaded.
    ///
    /// `size` is that of its terminal, where it has one. The task's cancellation does not put an end to the start: whoever
    /// has a child has to look after it.
    package static func start(
        _ program: ChildProgram, setting variables: [ChildProgram.Variable], size: TerminalSize? = nil
    ) async throws(ChildFailure) -> Child {
        SignalCalls.heedChildren()
        OrphanReaper.willStart()
        var started: Int32?
        defer { OrphanReaper.didStart(started) }
        let environment = program.environment(with: variables)
        let outcome: Result<ChildStart, ChildFailure> = await unsafe withUnsafeContinuation { waiter in
            do throws(Errno) {
                try launchers.run {
                    unsafe waiter.resume(
                        returning: ChildStart.make(program, environment: environment, size: size))
                }
            } catch {
                unsafe waiter.resume(returning: .failure(ChildFailure(errno: error, call: "pthread_create")))
            }
        }
        let child = try Child(try outcome.get(), of: program)
        started = child.pid
        return child
    }

    private init(_ start: ChildStart, of program: ChildProgram) throws(ChildFailure) {
        pid = start.pid
        // Each number has an owner before anything can fail.
        let watch = FileDescriptor(adopting: start.watch)
        var errors: FileDescriptor?
        if let number = start.errors { errors = FileDescriptor(adopting: number) }
        do throws(Errno) {
            stream = try Self.stream(start.channel, program.words.first?.description ?? "")
            if let errors = errors.take() { self.errors = try ChildErrors(errors) } else { self.errors = nil }
            self.watch = try PolledDescriptor(adopting: watch)
        } catch {
            // Nobody could hear of its end.
            try? ChildCalls.killAndReap(start.pid)
            throw ChildFailure(errno: error, call: "epoll_ctl")
        }
        // It has only just begun, and its end will be announced.
        self.watch.noteBlocked(.read)
    }

    private static func stream(_ channel: ChildStart.Channel, _ name: String) throws(Errno) -> any ByteStream {
        switch channel {
        case .pipes(let input, let output):
            let input = FileDescriptor(adopting: input)
            let output = FileDescriptor(adopting: output)
            return try ChildStream(input: input, output: output, name: name)
        case .terminal(let number, let path):
            return try ChildTerminal(FileDescriptor(adopting: number), path: path, name: name)
        }
    }

    /// Waits until the program has ended, and takes it from the process table; nil where the task is cancelled before. An
    /// error is that nobody can know how it ended.
    package func wait() async throws(Errno) -> ChildCalls.Ending? {
        var found: ChildCalls.Ending?
        do throws(DescriptorFailure) {
            found = try await watch.perform(.read) { number throws(Errno) in
                if let ending { return .done(ending) }
                return try ChildCalls.takeEnding(of: number)
            }
        } catch {
            if case .system(let number) = error, ending == nil { throw number }
        }
        if ending == nil { ending = found }
        if ending != nil { OrphanReaper.didEnd(pid) }
        return ending
    }

    /// Sends a signal to its process group; those who are gone do not mind.
    package func signalGroup(_ signal: Signal) {
        try? watch.withNumber { number throws(Errno) in try ChildCalls.signalGroup(of: pid, number, signal) }
    }

    /// Whether its process group has anybody in it, were it only others that the program has started.
    package var hasGroup: Bool {
        do throws(DescriptorFailure) {
            try watch.withNumber { number throws(Errno) in try ChildCalls.signalGroup(of: pid, number, nil) }
            return true
        } catch {
            // What may not be sent a signal is there all the same.
            return error == .system(.notPermitted)
        }
    }
}

/// What a program says on standard error.
@Netpoller
package final class ChildErrors {
    private let descriptor: PolledDescriptor

    fileprivate init(_ descriptor: consuming FileDescriptor) throws(Errno) {
        self.descriptor = try PolledDescriptor(adopting: descriptor)
    }

    /// Waits for something; nil at the end, or where nobody can know any more.
    package func read() async -> [UInt8]? {
        guard let chunk = try? await descriptor.readChunk(maximum: BufferPool.bufferSize, .file), !chunk.isEnd else {
            return nil
        }
        let bytes = chunk.copy()
        chunk.giveBack()
        return bytes
    }
}
