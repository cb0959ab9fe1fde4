/// A child's terminal, from our side: what is written here is typed there, and what the child shows is read.
@Netpoller
package final class ChildTerminal: ByteStream {
    private let terminal: PolledDescriptor
    /// The side that programs open.
    private let path: String
    private let name: String
    private var lastTyped = UInt8(ascii: "\n")
    /// We have said the end: what is still written is thrown away.
    private var saidEnd = false
    /// The program has ended: what it has written is still to be read, and nothing of others that have the terminal open.
    private var isLeft = false
    /// How much may still be taken, and how often be waited for, once the program has ended: others may write for ever.
    private var (restLeft, waitsLeft) = (64 << 10, 10)
    /// The reader is woken by a deadline that has passed, and its own is kept here.
    private var isWoken = false
    private var ownDeadline: Deadline?
    /// Told that the program was told the end as a key, and goes on.
    package var onDeafness: (@Netpoller () -> Void)?

    /// So long a program has to take the key for the end.
    private static let patience = Duration.seconds(1)
    /// What a program wrote at its end comes to us a moment later.
    private static let rest = Duration.milliseconds(50)

    init(_ descriptor: consuming FileDescriptor, path: String, name: String) throws(Errno) {
        self.path = path
        self.name = name
        terminal = try PolledDescriptor(adopting: descriptor)
    }

    /// EIO is the end: nobody has the terminal open any more.
    package func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        do throws(DescriptorFailure) {
            if isLeft { return try await readRest() }
            return try await terminal.readChunk(maximum: maximum ?? BufferPool.bufferSize, .file)
        } catch {
            if error == .system(.inputOutput) { return Chunk([], count: 0) }
            if isWoken, error == .deadlineExceeded {
                isWoken = false
                terminal[deadline: .read] = ownDeadline
                return try await readChunk(maximum: maximum)
            }
            throw failure(.read, error)
        }
    }

    /// The program that leads the terminal's session has ended. Jobs that it has left behind may have the terminal open for as
    /// long as they like.
    package func leaderHasEnded() {
        guard !isLeft else { return }
        isLeft = true
        (ownDeadline, isWoken) = (terminal[deadline: .read], true)
        // Whoever waits for a read looks again.
        terminal[deadline: .read] = .past
    }

    private func readRest() async throws(DescriptorFailure) -> Chunk {
        guard restLeft > 0 else { return Chunk([], count: 0) }
        if let chunk = try terminal.readNow(.file) {
            restLeft -= chunk.count
            return chunk
        }
        guard waitsLeft > 0 else { return Chunk([], count: 0) }
        waitsLeft -= 1
        await Netpoller.sleep(for: Self.rest)
        return try terminal.readNow(.file) ?? Chunk([], count: 0)
    }

    package func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        guard !saidEnd, !bytes.isEmpty else { return }
        lastTyped = bytes[bytes.count - 1]
        var gone = 0
        do throws(DescriptorFailure) { try await terminal.write(bytes, .file, progress: &gone) } catch {
            // Nobody is there to read what is typed.
            guard error != .system(.inputOutput) else { return }
            throw failure(.write, error).after(gone)
        }
    }

    /// A terminal has no end of its own: the character that says it is typed once all before it has been read.
    package func closeWrite() throws(NetworkError) {
        guard !saidEnd else { return }
        saidEnd = true
        Netpoller.spawn { await self.typeEnd() }
    }

    private func typeEnd() async {
        await waitUntilRead()
        let found = try? terminal.withNumber { TerminalCalls.endCharacter(of: $0) }
        guard let end = found.flatMap({ $0 }) else { return }
        // In the middle of a line it only ends the line: the next one says the end (termios(3)).
        let isOnce = !end.isHeeded || lastTyped == UInt8(ascii: "\n")
        let typed = isOnce ? [end.character] : [end.character, end.character]
        var gone = 0
        try? await terminal.write(typed.span, .file, progress: &gone)
        // A program that edits its lines itself takes the key for the end; to any other it is one of many.
        guard !end.isHeeded, await Netpoller.sleep(for: Self.patience), !terminal.isClosed else { return }
        onDeafness?()
    }

    /// A program that is about to change its terminal's mode would find the character as another one, were it typed now.
    private func waitUntilRead() async {
        var pause = Duration.milliseconds(1)
        while !terminal.isClosed {
            guard let side = try? FileCalls.open(ByteString(path), for: .read, nonBlocking: true, creating: false),
                let waiting = try? FileCalls.queued(side.rawValue, .received), waiting > 0
            else { return }
            await Netpoller.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    /// The kernel hangs up: the program's session gets SIGHUP.
    package func close() { terminal.close() }
    package func reset() { close() }

    package func waitUntilGone() async throws(NetworkError) {
        do throws(DescriptorFailure) { try await terminal.waitUntilHungUp() } catch { throw failure(.write, error) }
    }

    /// Sets its size, of which the program in its foreground is told.
    package func resize(to size: TerminalSize) {
        try? terminal.withNumber { number throws(Errno) in try TerminalCalls.setSize(size, of: number) }
    }

    package var readDeadline: Deadline? {
        get { isWoken ? ownDeadline : terminal[deadline: .read] }
        set { if isWoken { ownDeadline = newValue } else { terminal[deadline: .read] = newValue } }
    }

    package var writeDeadline: Deadline? {
        get { terminal[deadline: .write] }
        set { terminal[deadline: .write] = newValue }
    }

    package var names: StreamNames { StreamNames() }
    package var plainSource: PlainDescriptor? { nil }
    package var plainSink: PlainDescriptor? { nil }

    private func failure(_ operation: NetworkError.Operation, _ failure: DescriptorFailure) -> NetworkError {
        NetworkError(operation, .program(name), cause: NetworkError.Cause(failure, call: operation.rawValue))
    }
}
