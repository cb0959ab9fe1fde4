/// Files in answers.
extension HTTPExchange {
    /// What is read of a file to leave with the head in one write.
    private static let first = 32 << 10

    /// What the kernel is to send at once. A client on this machine that is given little at a time reads it while the
    /// caches hold it: measured, 32 KiB go three times as fast as 256 KiB and twice as fast as 64.
    private static let inKernel = 32 << 10

    /// Sends bytes of a file as a piece of the answer, in the kernel where that can be.
    ///
    /// The file's own position does not matter and stays. If it turns out to be shorter the connection is broken off.
    package func send(_ file: borrowing FileDescriptor, from start: Int, count: Int) async throws(NetworkError) {
        guard note(count) else { return }
        let number = file.rawValue
        if case .chunked = answer.framing { output.beginChunk(count) }
        let end = start + count
        var position = start
        // What was lost with the connection was not answered.
        defer { answer.count -= end - position }
        try await copy(number, &position, to: min(end, start + Self.first))
        if position < end {
            if let plain = stream.plainSink {
                try await sendInKernel(number, &position, to: end, plain)
            }
            try await copy(number, &position, to: end)
        }
        if case .chunked = answer.framing { output.endChunk() }
    }

    /// A whole answer with all of a small file, that is kept in memory until it can be sent, as `put` does.
    func put(
        _ status: HTTPStatus, _ fields: WrittenFields, file: borrowing FileDescriptor, count: Int
    ) throws(NetworkError) {
        putHead(status, [:], fields, length: count)
        if note(count), try read(file.rawValue, at: 0, upTo: count) < count {
            throw shortened()
        }
        answer.isWhole = true
    }

    /// Reads and writes; what is read first leaves with what was gathered.
    private func copy(_ number: Int32, _ position: inout Int, to end: Int) async throws(NetworkError) {
        var rounds = 0
        while position < end {
            let read = try read(number, at: position, upTo: end - position)
            guard read > 0 else { throw shortened() }
            position += read
            if output.bytes.count >= Self.first { try await flush() }
            rounds += 1
            // A connection with much room never makes us wait.
            if rounds % 16 == 0 { await Task.yield() }
        }
    }

    /// Reads bytes of a file behind what was gathered: by way of memory that is there, for an array that grows fills what
    /// it grows by, byte for byte.
    private func read(_ number: Int32, at position: Int, upTo count: Int) throws(NetworkError) -> Int {
        var buffer = BufferPool.shared.take()
        defer { BufferPool.shared.giveBack(buffer) }
        do throws(Errno) {
            let read = try FileCalls.read(number, at: position, upTo: count, into: &buffer)
            output.bytes.append(buffer.span.extracting(first: read))
            return read
        } catch {
            throw unreadable(error)
        }
    }

    private func sendInKernel(
        _ number: Int32, _ position: inout Int, to end: Int, _ sink: PlainDescriptor
    ) async throws(NetworkError) {
        try await flush()
        var rounds = 0
        while position < end {
            let (offset, most) = (position, min(end - position, Self.inKernel))
            stream.writeDeadline = limits.write.map { .now + $0 }
            let moved: Int
            do throws(DescriptorFailure) {
                moved = try await sink.descriptor.perform(.write) { socket throws(Errno) in
                    try TransferCalls.sendFile(from: number, at: offset, to: socket, upTo: most)
                }
            } catch {
                if error.meansRefused {
                    // It was for this call: what is copied has its own.
                    stream.writeDeadline = nil
                    return
                }
                if error == .system(.inputOutput) { throw unreadable(.inputOutput) }
                isBroken = true
                throw sink.failure(.write, error)
            }
            guard moved > 0 else { throw shortened() }
            sink.onMove?(moved)
            position += moved
            rounds += 1
            if rounds % 32 == 0 { await Task.yield() }
        }
        stream.writeDeadline = nil
    }

    /// Somebody made the file shorter than the answer says.
    @inline(never)
    private func shortened() -> NetworkError {
        isBroken = true
        return NetworkError(.read, .file("the file"), cause: .peerEnded("it is shorter than it was"))
    }

    /// The disk failed under an answer that has begun.
    @inline(never)
    private func unreadable(_ error: Errno) -> NetworkError {
        isBroken = true
        return NetworkError(.read, .file("the file"), cause: .system(error, call: "read"))
    }
}
