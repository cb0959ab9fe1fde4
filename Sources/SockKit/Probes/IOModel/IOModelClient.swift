/// A client on the model's thread: what it was sent back, what it has yet to be sent, and what its present wait took.
final class IOModelClient {
    enum Step {
        case waiting, over
    }

    private let socket: IOModelSocket
    private unowned let thread: IOModelThread
    private var result = IOModelResult()
    private var wait = IOModelWait()
    private var waitStart = Deadline.now
    /// What the kernel had no room for.
    private var unsent: [UInt8] = []

    init(_ socket: IOModelSocket, on thread: IOModelThread) {
        self.socket = socket
        self.thread = thread
    }

    var number: Int32 { socket.number }

    /// Whether it waits for room and not for bytes.
    var lacksRoom: Bool { !unsent.isEmpty }

    /// Counts a call that waited for its bytes.
    func countCall() { wait.calls += 1 }

    /// Does to the socket what the model needs; false if that failed, and with it the client.
    func prepare(_ call: String, _ body: (Int32) throws(Errno) -> Void) -> Bool {
        do throws(Errno) {
            try body(number)
            return true
        } catch {
            _ = fail(.set, error, call)
            return false
        }
    }

    /// Ends the client, because the model's own call has failed.
    func fail(_ error: Errno, at call: String) { _ = fail(.wait, error, call) }

    /// Makes one call: reads, and echoes what came, or sends what is left of an echo.
    func step() -> Step {
        if thread.isStopping { return end(.stopped) }
        return lacksRoom ? thread.uncounted { send(unsent[...]) } : receive()
    }

    // MARK: - One call

    private func receive() -> Step {
        countCall()
        let outcome: Attempt<Int>
        do throws(Errno) { outcome = try thread.receive(number) } catch { return fail(.read, error, "recv") }
        guard case .done(let count) = outcome else {
            wait.wouldBlock += 1
            return .waiting
        }
        if take(count) == .over { return .over }
        return thread.uncounted { send(thread.buffer[..<count]) }
    }

    /// So many bytes have come, which is the end of the wait; 0 is the client's end.
    private func take(_ count: Int) -> Step {
        if thread.isStopping { return end(.stopped) }
        finishWait(count)
        return thread.uncounted {
            socket.onWait?(wait)
            return count == 0 ? end(.peer) : .waiting
        }
    }

    private func finishWait(_ count: Int) {
        wait.bytes = count
        wait.time = .now - waitStart
        wait.processorTime = thread.takeProcessorTime()
        result.add(wait)
    }

    private func send(_ bytes: ArraySlice<UInt8>) -> Step {
        var left = bytes
        while !left.isEmpty {
            let outcome: Attempt<Int>
            do throws(Errno) {
                outcome = try unsafe left.span.withUnsafeBytes { bytes throws(Errno) in
                    try unsafe BlockingCalls.send(number, bytes)
                }
            } catch {
                return fail(.write, error, "send")
            }
            guard case .done(let count) = outcome else { break }
            result.bytesSent += count
            left.removeFirst(count)
        }
        unsent = Array(left)
        if !lacksRoom { (wait, waitStart) = (IOModelWait(), .now) }
        return .waiting
    }

    // MARK: - What others have done

    /// Says what a receive came to, for a model that has it made by somebody else; what came is to be sent back then.
    func hasReceived(_ outcome: Result<Int, Errno>) -> Step {
        switch outcome {
        case .success(let count): take(count)
        case .failure(let error): fail(.read, error, "recv")
        }
    }

    /// Says what a send came to; if the echo is complete with it, the next wait begins.
    func hasSent(_ outcome: Result<Int, Errno>, of left: Int) -> Step {
        switch outcome {
        case .success(let count):
            result.bytesSent += count
            if thread.isStopping { return end(.stopped) }
            if count == left { (wait, waitStart) = (IOModelWait(), .now) }
            return .waiting
        case .failure(let error): return fail(.write, error, "send")
        }
    }

    // MARK: - Its end

    private func fail(_ operation: NetworkError.Operation, _ number: Errno, _ call: String) -> Step {
        end(thread.isStopping ? .stopped : .failed(socket.failure(operation, number, call)))
    }

    private func end(_ ending: IOModelResult.Ending) -> Step {
        result.ending = ending
        socket.finish(result)
        return .over
    }
}
