/// A connection whose bytes pass through a layer.
extension Connection {
    /// What stands between its user and the network; nil is nothing.
    package var layer: (any ConnectionLayer)? { extras?.layer }

    /// Puts a layer there that `establish` will go on with.
    package func prepare(_ layer: any ConnectionLayer) {
        if extras == nil { extras = ConnectionExtras(path: nil, tunnel: nil) }
        extras?.layer = layer
    }

    /// Puts a layer between this connection's user and the network, and waits until both ends have agreed on it.
    ///
    /// An error leaves the connection open and of no use.
    package func establish(
        _ layer: any ConnectionLayer, as operation: NetworkError.Operation
    ) async throws(NetworkError) {
        prepare(layer)
        // What was said before may have left the socket drained, and now this side begins.
        descriptor.noteReady(.read)
        while true {
            switch try await agree(layer, operation == .accept ? .read : operation) {
            case .moved: return settle(layer)
            case .end: throw names.failure(operation, .peerEnded("in the middle of the handshake"))
            case .wantsRead: continue
            case .wantsTurn: await Task.yield()
            case .wantsWrite: try await flush(layer, operation)
            case .failed(let cause): throw names.failure(operation, cause)
            }
        }
    }

    /// Goes on as if there had never been a layer, for who has found out that the other side knows of none.
    public func speakPlainly() {
        extras?.layer = nil
    }

    /// One step of what both ends have to agree on; of datagrams what gets no answer is said again.
    private func agree(
        _ layer: any ConnectionLayer, _ operation: NetworkError.Operation
    ) async throws(NetworkError) -> LayerAttempt {
        guard layer.keepsMessages else { return try await attempt(.read, operation) { layer.handshake($0) } }
        let end = readDeadline
        defer { readDeadline = end }
        do throws(DescriptorFailure) {
            while true {
                readDeadline = end
                let step = try descriptor.performNow(.read) { number throws(Errno) -> Attempt<LayerAttempt> in
                    Self.awaiting(.read, layer.handshake(number))
                }
                if let step { return step }
                let pause = layer.timeToRepeat().map { Deadline.now + $0 }
                readDeadline = [end, pause].compactMap { $0 }.min()
                if try await isAnswered(until: end) { continue }
                let again = try descriptor.withNumber { number throws(Errno) in layer.repeatUnanswered(number) }
                if case .failed = again { return again }
            }
        } catch {
            throw failure(operation, error)
        }
    }

    /// False if the read deadline came first, and it was not this one.
    private func isAnswered(until end: Deadline?) async throws(DescriptorFailure) -> Bool {
        do throws(DescriptorFailure) {
            try await descriptor.waitUntilReady(.read)
            return true
        } catch {
            guard error == .deadlineExceeded, !(end?.hasPassed ?? false) else { throw error }
            return false
        }
    }

    // MARK: - Reading

    @inline(never)
    func readChunk(maximum: Int?, through layer: any ConnectionLayer) async throws(NetworkError) -> Chunk {
        let room = min(maximum ?? BufferPool.bufferSize, BufferPool.bufferSize)
        while true {
            var lent: [UInt8]?
            let attempt = try await attempt(.read, .read) { number in Self.read(number, room, layer, &lent) }
            settle(layer)
            switch attempt {
            case .moved(let count): return Chunk(lent ?? [], count: count)
            case .end: return Chunk([], count: 0)
            case .failed(let cause): throw readFailure(cause, layer)
            case .wantsRead: continue
            case .wantsTurn: await Task.yield()
            case .wantsWrite:
                try await flush(layer, .write)
                // There may have been nothing to wait for.
                await Task.yield()
            }
        }
    }

    /// A read may fail of what was to be sent.
    private func readFailure(_ cause: NetworkError.Cause, _ layer: any ConnectionLayer) -> NetworkError {
        names.failure(cause == layer.sendingFailure ? .write : .read, cause)
    }

    @inline(never)
    func readNow(through layer: any ConnectionLayer) throws(NetworkError) -> Chunk? {
        var lent: [UInt8]?
        let attempt: LayerAttempt?
        do throws(DescriptorFailure) {
            attempt = try descriptor.performNow(.read) { number throws(Errno) -> Attempt<LayerAttempt> in
                Self.awaiting(.read, Self.read(number, BufferPool.bufferSize, layer, &lent))
            }
        } catch {
            throw failure(.read, error)
        }
        settle(layer)
        switch attempt {
        case .moved(let count): return Chunk(lent ?? [], count: count)
        case .end: return Chunk([], count: 0)
        case .failed(let cause): throw readFailure(cause, layer)
        case .wantsRead, nil: return nil
        case .wantsTurn:
            descriptor.noteReady(.read)
            return nil
        case .wantsWrite:
            // No event of the socket's says when: the one who flushes does.
            descriptor.noteBlocked(.read)
            extras?.readerAwaitsFlush = true
            startFlushing(layer)
            return nil
        }
    }

    /// One attempt into a buffer of the pool; `lent` keeps it if bytes came.
    private static func read(
        _ number: Int32, _ room: Int, _ layer: any ConnectionLayer, _ lent: inout [UInt8]?
    ) -> LayerAttempt {
        var buffer = BufferPool.shared.take()
        let attempt = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe layer.read(number, into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<room]))
        }
        if case .moved = attempt { lent = buffer } else { BufferPool.shared.giveBack(buffer) }
        return attempt
    }

    func read(
        into buffer: inout MutableSpan<UInt8>, through layer: any ConnectionLayer
    ) async throws(NetworkError) -> Int {
        let chunk = try await readChunk(maximum: buffer.count, through: layer)
        chunk.withBytes { bytes in for index in bytes.indices { buffer[index] = bytes[index] } }
        let count = chunk.count
        chunk.giveBack()
        return count
    }

    func peek(upTo maximum: Int, through layer: any ConnectionLayer) async throws(NetworkError) -> [UInt8] {
        while true {
            var buffer = [UInt8](repeating: 0, count: maximum)
            let attempt = try await attempt(.read, .read) { number in
                unsafe buffer.withUnsafeMutableBytes { unsafe layer.peek(number, into: $0) }
            }
            settle(layer)
            switch attempt {
            case .moved(let count): return Array(buffer.prefix(count))
            case .end: return []
            case .failed(let cause): throw readFailure(cause, layer)
            case .wantsRead: continue
            case .wantsTurn: await Task.yield()
            case .wantsWrite:
                try await flush(layer, .write)
                await Task.yield()
            }
        }
    }

    // MARK: - Writing

    @inline(never)
    func write(_ bytes: Span<UInt8>, through layer: any ConnectionLayer) async throws(NetworkError) {
        var gone = 0
        do throws(NetworkError) {
            try await writeAll(bytes, layer, &gone)
            try await flush(layer, .write)
        } catch {
            throw error.after(gone - layer.disownKept(gone))
        }
    }

    /// Writes under one turn: what others write does not come between.
    private func writeAll(
        _ bytes: Span<UInt8>, _ layer: any ConnectionLayer, _ gone: inout Int
    ) async throws(NetworkError) {
        var (cause, pauses) = (NetworkError.Cause?.none, Backoff(first: .milliseconds(1), most: .milliseconds(100)))
        do throws(DescriptorFailure) {
            try await descriptor.performAll(.write, count: bytes.count, progress: &gone) { number, gone throws(Errno) in
                switch Self.write(number, bytes.extracting(gone...), layer) {
                case .moved(let count): return .done(count)
                case .wantsWrite: return .wouldBlock
                case .wantsRead, .wantsTurn:
                    // A message of the handshake has come in part, and the rest of it has to come before anything goes.
                    // Whoever reads may take it, or nobody: no event says when.
                    wakeWriter(after: pauses.next())
                    return .wouldBlock
                case .end: cause = .peerEnded("the peer ended the connection")
                case .failed(let reason): cause = reason
                }
                throw .brokenPipe
            }
        } catch {
            if let cause { throw names.failure(.write, cause) }
            throw failure(.write, error)
        }
    }

    private func wakeWriter(after pause: Duration) {
        Netpoller.spawn { [weak descriptor] in
            await Netpoller.sleep(for: pause)
            descriptor?.wake(.write)
        }
    }

    @inline(never)
    func writeNow(_ bytes: Span<UInt8>, through layer: any ConnectionLayer) throws(NetworkError) -> Int {
        let attempt: LayerAttempt?
        do throws(DescriptorFailure) {
            attempt = try descriptor.performNow(.write) { number throws(Errno) -> Attempt<LayerAttempt> in
                Self.awaiting(.write, Self.write(number, bytes, layer))
            }
        } catch {
            throw failure(.write, error)
        }
        settle(layer)
        switch attempt {
        // What is lost is not written: whoever goes on with the rest is told why.
        case .moved(let count): return layer.hasBroken ? count - layer.disownKept(count) : count
        case .failed(let cause): throw names.failure(.write, cause)
        case .end, .wantsRead, .wantsTurn, .wantsWrite, nil: return 0
        }
    }

    private static func write(_ number: Int32, _ bytes: Span<UInt8>, _ layer: any ConnectionLayer) -> LayerAttempt {
        unsafe bytes.withUnsafeBytes { unsafe layer.write(number, $0) }
    }

    /// Waits until everything that was written is with the kernel.
    private func flush(
        _ layer: any ConnectionLayer, _ operation: NetworkError.Operation
    ) async throws(NetworkError) {
        while layer.holdsOutput || layer.hasBroken {
            let attempt = try await attempt(.write, operation) { number in layer.flush(number) }
            if case .failed(let cause) = attempt { throw names.failure(operation, cause) }
        }
    }

    // MARK: - Ending

    /// Waits until what was written is with the kernel, which goes on with it when this end is closed; what the layer keeps
    /// would be lost. Fails once the peer has taken nothing for so long, or the write deadline has passed.
    public func deliverKept(patience: Duration) async throws(NetworkError) {
        guard let layer, keepsOutput else { return }
        startFlushing(layer)
        var (least, end, pause) = (Int.max, Deadline.now + patience, Duration.milliseconds(1))
        while keepsOutput {
            let left = layer.bytesKept + (queueDepths?.unacknowledged ?? 0)
            if left < least { (least, end) = (left, .now + patience) }
            if end.hasPassed { throw names.failure(.write, .timeout) }
            guard await Netpoller.sleep(for: pause) else { throw names.failure(.write, .cancelled) }
            pause = min(pause * 2, .milliseconds(20))
        }
        if let cause = layer.sendingFailure { throw names.failure(.write, cause) }
    }

    /// Whether something that counts as written is not with the kernel yet.
    public var keepsOutput: Bool { layer.map { $0.holdsOutput && !$0.hasBroken } ?? false }

    func closeWrite(through layer: any ConnectionLayer) throws(NetworkError) {
        try end(layer, inAnyCase: false)
    }

    private func end(_ layer: any ConnectionLayer, inAnyCase: Bool) throws(NetworkError) {
        let attempt: LayerAttempt
        do throws(DescriptorFailure) {
            attempt = try descriptor.withNumber { number throws(Errno) in
                layer.endWriting(number, inAnyCase: inAnyCase)
            }
        } catch {
            throw failure(.close, error)
        }
        settle(layer)
        if case .failed(let cause) = attempt { throw names.failure(.write, cause) }
    }

    /// Whether both ends have agreed on TLS.
    public var isSecured: Bool { layer?.isEstablished ?? false }

    /// Whether `closeWrite` is told to the other side.
    public var saysEnd: Bool { layer?.saysEnd ?? true }

    /// Says the end of what is written though others are not told of it, for who is done; reading goes on.
    public func sayEnd() throws(NetworkError) {
        guard let layer else { return try closeWrite() }
        try end(layer, inAnyCase: true)
    }

    /// Says the end as TLS has it, and waits a moment for what the other side has to say of that: that it never took us for
    /// whom we said we are, for one, or tickets, for which it would find our socket closed.
    public func partSecurely(patience: Duration = .seconds(1)) async throws(NetworkError) {
        guard layer != nil else { return }
        try sayEnd()
        readTimeout = nil
        readDeadline = .now + patience
        do throws(NetworkError) { while try await discard() != nil {} } catch {
            if case .tls(let failure) = error.cause, failure.kind != .cutOff { throw error }
        }
    }

    func close(_ layer: any ConnectionLayer) {
        _ = try? descriptor.withNumber { number throws(Errno) in layer.close(number) }
        extras?.layer = nil
    }

    // MARK: - Attempts

    /// One attempt of the layer that need not wait for what that side is about.
    private func attempt(
        _ side: PollSide, _ operation: NetworkError.Operation, _ body: (Int32) -> LayerAttempt
    ) async throws(NetworkError) -> LayerAttempt {
        do throws(DescriptorFailure) {
            return try await descriptor.perform(side) { number throws(Errno) -> Attempt<LayerAttempt> in
                Self.awaiting(side, body(number))
            }
        } catch {
            throw failure(operation, error)
        }
    }

    /// That it has to wait for the side it was made for is what the loop waits for.
    private static func awaiting(_ side: PollSide, _ attempt: LayerAttempt) -> Attempt<LayerAttempt> {
        switch (side, attempt) {
        case (.read, .wantsRead), (.write, .wantsWrite): .wouldBlock
        default: .done(attempt)
        }
    }

    /// Tells the loop what the layer has taken from the socket, and sends what it keeps.
    private func settle(_ layer: any ConnectionLayer) {
        if layer.holdsInput {
            descriptor.noteReady(.read)
        } else if layer.isDrained {
            descriptor.noteDrained()
        }
        if layer.holdsOutput { startFlushing(layer) }
    }

    /// Has what the layer keeps sent, by one task and no more: a peer that does not read can have much read of it.
    private func startFlushing(_ layer: any ConnectionLayer) {
        guard let extras, !extras.isFlushing else { return }
        extras.isFlushing = true
        Netpoller.spawn { [weak self] in
            var failure: NetworkError?
            do throws(NetworkError) { try await self?.flush(layer, .write) } catch { failure = error }
            self?.hasFlushed(layer, failure)
        }
    }

    private func hasFlushed(_ layer: any ConnectionLayer, _ failure: NetworkError?) {
        guard let extras else { return }
        extras.isFlushing = false
        // Whoever wrote has gone on, and may wait for an answer to what never went.
        if let failure { layer.failSending(failure.cause) }
        if failure != nil || extras.readerAwaitsFlush { descriptor.wake(.read) }
        extras.readerAwaitsFlush = false
    }
}
