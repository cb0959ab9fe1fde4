/// Moving bytes inside the kernel. Each loop ends at the source's end, or at the limit.
extension Pump {
    private enum Step: Sendable {
        case moved(Int)
        /// It was not the descriptor whose attempt this is that would have blocked, but the pipe beside it.
        case pipeBlocks
    }

    /// None where a limit on silence is watched here: after the loop was away, bytes below the mark would be silence to it.
    private func gathering(_ from: PlainDescriptor) -> BulkGathering? {
        keepsTime ? nil : BulkGathering(from.descriptor)
    }

    // MARK: - From a pipe

    func spliceFromPipe(
        _ from: PlainDescriptor, _ to: PlainDescriptor
    ) async throws(NetworkError) -> KernelMove {
        let pipe = from.descriptor
        while true {
            if !pipe.isReady(.read) {
                isHeldUp = false
                do throws(DescriptorFailure) { try await pipe.waitUntilReady(.read) } catch {
                    throw failure(of: .source, from, error)
                }
            }
            // Whether it has anything the attempt tells: if not, the pipe is no longer ready.
            isHeldUp = true
            do throws(DescriptorFailure) {
                let room = room
                let step = try await to.descriptor.perform(.write) { sink throws(Errno) in
                    try Self.spliceOnce(pipe, to: sink, upTo: room)
                }
                switch step {
                case .moved(0): return .ended
                case .moved(let moved): note(moved, from: from, to: to)
                case .pipeBlocks: break
                }
                if isFull { return .ended }
            } catch {
                if error.meansRefused { return .refused }
                throw failure(of: .sink, to, error)
            }
            if shouldBreathe() { await Task.yield() }
        }
    }

    /// splice(2) says would-block for an empty pipe and for a full sink alike; the pipe's own count tells which. When it
    /// holds something, one more attempt is needed to know that it was the sink: the bytes may have just come.
    private static func spliceOnce(
        _ pipe: PolledDescriptor, to sink: Int32, upTo room: Int
    ) throws(Errno) -> Attempt<Step> {
        try pipe.withNumberOrErrno { number throws(Errno) in
            var outcome = try TransferCalls.splice(from: number, to: sink, upTo: room)
            if case .wouldBlock = outcome {
                guard try FileCalls.queued(number, .received) > 0 else {
                    pipe.noteBlocked(.read)
                    return .done(.pipeBlocks)
                }
                outcome = try TransferCalls.splice(from: number, to: sink, upTo: room)
            }
            switch outcome {
            case .wouldBlock: return .wouldBlock
            case .done(let moved): return .done(.moved(moved))
            }
        }
    }

    // MARK: - From a socket into a pipe

    func spliceToPipe(
        _ from: PlainDescriptor, _ to: PlainDescriptor
    ) async throws(NetworkError) -> KernelMove {
        let pipe = to.descriptor
        let gathering = gathering(from)
        defer { gathering?.end() }
        while true {
            if !pipe.isReady(.write) {
                isHeldUp = true
                do throws(DescriptorFailure) { try await pipe.waitUntilReady(.write) } catch {
                    throw failure(of: .sink, to, error)
                }
                isHeldUp = false
            }
            do throws(DescriptorFailure) {
                let room = room
                let step = try await from.descriptor.perform(.read) { socket throws(Errno) in
                    try pipe.withNumberOrErrno { number throws(Errno) in
                        try Self.spliceOnce(socket, from.descriptor, into: number, upTo: room)
                    }
                }
                switch step {
                case .moved(0): return .ended
                case .moved(let moved):
                    note(moved, from: from, to: to)
                    gathering?.note(moved, left: left)
                case .pipeBlocks: pipe.noteBlocked(.write)
                }
                if isFull { return .ended }
            } catch {
                if error.meansRefused { return .refused }
                // Reading a socket never gives EPIPE: it is the pipe whose reader has gone.
                throw error == .system(.brokenPipe) ? failure(of: .sink, to, error) : failure(of: .source, from, error)
            }
            if shouldBreathe() { await Task.yield() }
        }
    }

    /// Would-block is the socket's, unless the socket has something to give and a second attempt moves nothing either: a
    /// full pipe hides bytes, and the end just as well, which no later event would announce again.
    private static func spliceOnce(
        _ socket: Int32, _ descriptor: PolledDescriptor, into pipe: Int32, upTo room: Int
    ) throws(Errno) -> Attempt<Step> {
        var outcome = try TransferCalls.splice(from: socket, to: pipe, upTo: room)
        if case .wouldBlock = outcome {
            if !descriptor.hasEnded {
                guard try FileCalls.queued(socket, .received) > 0 else { return .wouldBlock }
            }
            outcome = try TransferCalls.splice(from: socket, to: pipe, upTo: room)
        }
        switch outcome {
        case .wouldBlock: return .done(.pipeBlocks)
        case .done(let moved): return .done(.moved(moved))
        }
    }

    // MARK: - From a socket, through a pipe of our own

    func spliceThroughPipe(
        _ from: PlainDescriptor, _ to: PlainDescriptor
    ) async throws(NetworkError) -> KernelMove {
        guard let pipe = OwnPipe.take() else { return .refused }
        defer {
            noteLost(pipe.held)
            OwnPipe.giveBack(pipe)
        }
        let writer = pipe.writer
        let gathering = gathering(from)
        defer { gathering?.end() }
        while true {
            let moved: Int
            do throws(DescriptorFailure) {
                // The pipe is empty at this point, so would-block is the socket's.
                let room = room
                moved = try await from.descriptor.perform(.read) { socket throws(Errno) in
                    try TransferCalls.splice(from: socket, to: writer, upTo: room)
                }
            } catch {
                if error.meansRefused { return .refused }
                throw failure(of: .source, from, error)
            }
            guard moved > 0 else { return .ended }
            pipe.noteFilled(moved)
            from.onMove?(moved)
            gathering?.note(moved, left: left - moved)
            guard try await drain(pipe, from.copy, to) else { return .refused }
            if isFull { return .ended }
            if shouldBreathe() { await Task.yield() }
        }
    }

    /// Empties the pipe, of which a copy may be wanted: so much of it as is kept already is given on.
    private func drain(
        _ pipe: OwnPipe, _ copy: PlainCopy?, _ to: PlainDescriptor
    ) async throws(NetworkError) -> Bool {
        isHeldUp = true
        defer { isHeldUp = false }
        guard let copy else { return try await pipe.drain(to, into: self) }
        while pipe.held > 0 {
            let rest = pipe.held - copy.keep(pipe)
            guard try await pipe.drain(to, downTo: rest, into: self) else { return false }
        }
        return true
    }

    // MARK: - From a file into a socket

    func sendFile(_ from: PlainDescriptor, _ to: PlainDescriptor) async throws(NetworkError) -> KernelMove {
        isHeldUp = true
        while true {
            let moved: Int
            do throws(DescriptorFailure) {
                let room = room
                moved = try await to.descriptor.perform(.write) { socket throws(Errno) in
                    try from.descriptor.withNumberOrErrno { number throws(Errno) in
                        try TransferCalls.sendFile(from: number, to: socket, upTo: room)
                    }
                }
            } catch {
                if error.meansRefused { return .refused }
                // A socket never gives EIO: it is the disk under the file.
                throw error == .system(.inputOutput) ? failure(of: .source, from, error) : failure(of: .sink, to, error)
            }
            guard moved > 0 else { return .ended }
            note(moved, from: from, to: to)
            if isFull { return .ended }
            if shouldBreathe() { await Task.yield() }
        }
    }
}
