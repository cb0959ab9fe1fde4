/// Files in answers.
extension HTTPExchange {
    /// What is read of a file to leave with the head in one write.
    private static let first = 32 << 10

    /// Sends bytes of a file as a piece of the answer, in the kernel where that can be.
    ///
    /// The file's own position does not matter and stays. If it turns out to be shorter the connection is broken off.
    package func send(_ file: borrowing FileDescriptor, from start: Int, count: Int) async throws(NetworkError) {
        guard note(count) else { return }
        let number = file.rawValue
        if case .chunked = answer.framing { output.beginChunk(count) }
        let end = start + count
        var position = start
        try await copy(number, &position, to: min(end, start + Self.first))
        if position < end {
            if let plain = stream.plainSink {
                try await sendInKernel(number, &position, to: end, plain)
            }
            try await copy(number, &position, to: end)
        }
        if case .chunked = answer.framing { output.endChunk() }
    }

    /// Reads and writes; what is read first leaves with what was gathered.
    private func copy(_ number: Int32, _ position: inout Int, to end: Int) async throws(NetworkError) {
        while position < end {
            let room = min(end - position, BufferPool.bufferSize)
            let read: Int
            do throws(Errno) {
                read = try FileCalls.read(number, at: position, upTo: room, appendingTo: &output.bytes)
            } catch {
                throw unreadable(error)
            }
            guard read > 0 else { throw cutOff("the file is shorter than it was") }
            position += read
            if output.bytes.count >= Self.first { try await flush() }
        }
    }

    private func sendInKernel(
        _ number: Int32, _ position: inout Int, to end: Int, _ sink: PlainDescriptor
    ) async throws(NetworkError) {
        try await flush()
        var rounds = 0
        while position < end {
            let (offset, most) = (position, min(end - position, Self.piece))
            stream.writeDeadline = limits.write.map { .now + $0 }
            let moved: Int
            do throws(DescriptorFailure) {
                moved = try await sink.descriptor.perform(.write) { socket throws(Errno) in
                    try TransferCalls.sendFile(from: number, at: offset, to: socket, upTo: most)
                }
            } catch {
                if error.meansRefused { return }
                if error == .system(.inputOutput) { throw unreadable(.inputOutput) }
                isBroken = true
                throw sink.failure(.write, error)
            }
            guard moved > 0 else { throw cutOff("the file is shorter than it was") }
            sink.onMove?(moved)
            position += moved
            rounds += 1
            if rounds % 16 == 0 { await Task.yield() }
        }
        stream.writeDeadline = nil
    }

    /// The disk failed under an answer that has begun.
    @inline(never)
    private func unreadable(_ error: Errno) -> NetworkError {
        isBroken = true
        return NetworkError(.read, .file("the file"), cause: .system(error, call: "read"))
    }
}
