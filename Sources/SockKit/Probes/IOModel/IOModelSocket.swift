/// A socket that is read and written by one of the models.
struct IOModelSocket {
    private let number: Int32
    /// Where the model has one.
    private let poll: IOModelPoll?

    init(_ number: Int32, _ model: IOModel) throws(Errno) {
        self.number = number
        poll = model == .epoll ? try IOModelPoll(number) : nil
        if model == .blocking { try BlockingCalls.setBlocking(true, number) }
    }

    /// Waits for bytes or the end, or until `isStopped` is true, and tells what that took.
    func receive(into buffer: inout [UInt8], unless isStopped: () -> Bool) throws(Errno) -> IOModelWait {
        var wait = IOModelWait()
        let (start, used) = (Deadline.now, ThreadCalls.processorTime)
        while !isStopped() {
            if let poll {
                wait.calls += 1
                guard poll.wait() else { continue }
            }
            wait.calls += 1
            if case .done(let count) = try receiveOnce(into: &buffer) {
                wait.bytes = count
                break
            }
            wait.wouldBlock += 1
        }
        wait.time = .now - start
        wait.processorTime = ThreadCalls.processorTime - used
        return wait
    }

    private func receiveOnce(into buffer: inout [UInt8]) throws(Errno) -> Attempt<Int> {
        var room = buffer.mutableSpan
        return try unsafe room.withUnsafeMutableBytes { bytes throws(Errno) in
            try unsafe BlockingCalls.receive(number, into: bytes)
        }
    }

    /// Sends all the bytes, waiting for room as the model does.
    func send(_ bytes: Span<UInt8>, unless isStopped: () -> Bool) throws(Errno) {
        var gone = 0
        while gone < bytes.count, !isStopped() {
            let outcome = try unsafe bytes.withUnsafeBytes { all throws(Errno) in
                try unsafe BlockingCalls.send(number, UnsafeRawBufferPointer(rebasing: all[gone...]))
            }
            switch outcome {
            case .done(let count): gone += count
            case .wouldBlock: try poll?.waitForRoom()
            }
        }
    }
}

/// An epoll instance with one socket in it, level-triggered: it goes on announcing bytes until they have been read.
private final class IOModelPoll {
    private let epoll: FileDescriptor
    private let socket: Int32
    private let events = PollEvents(capacity: 1)

    init(_ socket: Int32) throws(Errno) {
        epoll = try PollCalls.create()
        self.socket = socket
        try PollCalls.add(socket, to: epoll.rawValue, .read, tag: 0)
    }

    /// False if a signal ended the wait.
    func wait() -> Bool {
        ((try? events.wait(on: epoll.rawValue, timeout: nil)) ?? 0) > 0
    }

    func waitForRoom() throws(Errno) {
        try PollCalls.change(socket, in: epoll.rawValue, .write, tag: 0)
        _ = wait()
        try PollCalls.change(socket, in: epoll.rawValue, .read, tag: 0)
    }
}
