/// The answer.
extension HTTPExchange {
    /// The most that has to wait for the client at once, with `HTTPServerLimits.write` for it.
    public static let piece = 16 << 10

    /// So much is written before others have their turn.
    private static let mostInATurn = 1 << 20

    /// So much is gathered of answers to requests that came together.
    static let gathered = 64 << 10

    /// More is gathered than should be: it is time to `flush`.
    var isFull: Bool { output.bytes.count > Self.gathered }

    /// A whole answer. Small ones to requests that came together leave in one write.
    public func respond(
        _ status: HTTPStatus, _ fields: Fields = [:], body: Span<UInt8>
    ) async throws(NetworkError) {
        guard body.count > Self.gathered else {
            put(status, fields, body: body)
            if output.bytes.count > Self.gathered { try await flush() }
            return
        }
        putHead(status, fields, length: body.count)
        if note(body.count) {
            try await flush()
            try await writeDirectly(body)
        }
        answer.isWhole = true
    }

    /// A whole answer, as `respond`, that is kept in memory until it can be sent: for small ones, which so need not even
    /// be waited for.
    public func put(_ status: HTTPStatus, _ fields: Fields = [:], body: Span<UInt8>) {
        putHead(status, fields, length: body.count)
        if note(body.count) { output.bytes.append(body) }
        answer.isWhole = true
    }

    public func respond(
        _ status: HTTPStatus, _ fields: Fields = [:], body: [UInt8]
    ) async throws(NetworkError) {
        try await respond(status, fields, body: body.span)
    }

    /// A whole answer of text.
    public func respond(
        _ status: HTTPStatus, _ fields: Fields = [:], text: String
    ) async throws(NetworkError) {
        var fields = fields
        fields["Content-Type"] = "text/plain; charset=utf-8"
        try await respond(status, fields, body: Array(text.utf8))
    }

    /// An answer that says its status in words, and why, if there is something to say.
    public func refuse(
        _ status: HTTPStatus, _ fields: Fields = [:], reason: String? = nil
    ) async throws(NetworkError) {
        let text = status.line + (reason.map { ": \($0)" } ?? "") + "\n"
        try await respond(status, fields, text: text)
    }

    /// What is said to a method that is none of these: 405 and which would do, or to OPTIONS what it asked for. A method
    /// that nobody knows is 501.
    public func respond(allowing methods: [HTTPMethod]) async throws(NetworkError) {
        let allow = (methods + [.options]).map(\.description).joined(separator: ", ")
        switch request.method {
        case .options: try await respond(204, ["Allow": allow], body: [])
        case .other: try await refuse(501, ["Allow": allow])
        default: try await refuse(405, ["Allow": allow])
        }
    }

    /// Ends the connection behind the answer, which is yet to begin and will say so.
    public func endConnection() { answer.isLast = true }

    // MARK: - In pieces

    /// Begins an answer of `length` bytes; nil is for one whose end is not known yet, which goes in chunks, and in
    /// HTTP/1.0 until the connection's end.
    public func begin(_ status: HTTPStatus, _ fields: Fields = [:], length: Int?) async throws(NetworkError) {
        putHead(status, fields, length: length)
        if output.bytes.count > Self.gathered { try await flush() }
    }

    /// Writes a piece of the answer, which goes out at once. The answer to HEAD has no content, whatever is written.
    public func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        guard note(bytes.count) else { return }
        // A connection with much room never makes us wait: the others are to have their turn all the same.
        if answer.count / Self.mostInATurn != (answer.count - bytes.count) / Self.mostInATurn { await Task.yield() }
        guard case .chunked = answer.framing else { return try await flush(and: bytes) }
        if output.bytes.count + bytes.count <= Self.gathered {
            output.appendChunk(bytes)
            return try await flush()
        }
        output.beginChunk(bytes.count)
        try await flush(and: bytes)
        output.endChunk()
    }

    public func write(_ bytes: [UInt8]) async throws(NetworkError) {
        try await write(bytes.span)
    }

    /// Writes what a read gave.
    public func write(_ chunk: borrowing Chunk) async throws(NetworkError) {
        try await write(chunk.buffer.span.extracting(chunk.range))
    }

    /// Ends an answer that was begun. One that has not all the bytes it was to have breaks the connection off.
    public func finish() async throws(NetworkError) {
        guard answer.status != nil, !answer.isWhole else { return }
        switch answer.framing {
        case .none, .untilClose: break
        case .length(let left):
            if left > 0 { throw cutOff("the answer ended \(left == 1 ? "1 byte" : "\(left) bytes") short") }
        case .chunked: putLastChunk()
        }
        answer.isWhole = true
    }

    /// Sends what was gathered, so that nothing of it waits for what the handler waits for.
    public func flush() async throws(NetworkError) {
        if try !flushNow() { try await flushRest() }
    }

    /// Sends what need not wait; false if something is left.
    func flushNow() throws(NetworkError) -> Bool {
        guard !output.bytes.isEmpty else { return true }
        var bytes: [UInt8] = []
        swap(&bytes, &output.bytes)
        defer { swap(&bytes, &output.bytes) }
        do throws(NetworkError) {
            let count = try stream.writeNow(bytes.span)
            guard count == bytes.count else {
                bytes.removeFirst(count)
                return false
            }
        } catch {
            isBroken = true
            throw error
        }
        bytes.removeAll(keepingCapacity: bytes.capacity <= 2 * Self.gathered)
        return true
    }

    func flushRest() async throws(NetworkError) {
        var bytes: [UInt8] = []
        swap(&bytes, &output.bytes)
        try await writeDirectly(bytes.span)
        bytes.removeAll(keepingCapacity: bytes.capacity <= 2 * Self.gathered)
        swap(&bytes, &output.bytes)
    }

    /// Sends what was gathered, and waits so long before the answer goes on; but not for a client that is gone.
    public func pause(for span: Duration) async throws(NetworkError) {
        try await flush()
        let stream = stream
        // The time that the client had for its request is none for the answer.
        stream.readDeadline = nil
        let sleep = Netpoller.spawn { await Netpoller.sleep(for: span) }
        let watch = Netpoller.spawn { if (try? await stream.waitUntilGone()) != nil { sleep.cancel() } }
        let isOver = await Netpoller.join(sleep)
        watch.cancel()
        if isOver { return }
        if Task.isCancelled { throw names.failure(.write, .cancelled) }
        isBroken = true
        throw names.failure(.write, .system(.connectionReset, call: "write"))
    }

    // MARK: - Steps

    /// Counts bytes of the answer that are to be written; false if they are not to be.
    func note(_ count: Int) -> Bool {
        precondition(answer.status != nil, "an answer begins with its head")
        guard count > 0, answer.hasContent else { return false }
        if case .length(let left) = answer.framing {
            precondition(count <= left, "the answer has more bytes than were announced")
            answer.framing = .length(left - count)
        }
        answer.count += count
        return true
    }

    /// Sends what was gathered and these bytes, in one write if they are few.
    private func flush(and bytes: Span<UInt8>) async throws(NetworkError) {
        if output.bytes.count + bytes.count <= Self.gathered {
            output.bytes.append(bytes)
            return try await flush()
        }
        try await flush()
        try await writeDirectly(bytes)
    }

    /// What need not wait goes as it is. What has to goes in pieces, each with its own time: a client may be slow.
    func writeDirectly(_ bytes: Span<UInt8>) async throws(NetworkError) {
        var start = 0
        // What a layer keeps counts as written, and is to have its time as well.
        let goesAsItIs = stream.plainSink != nil
        do throws(NetworkError) {
            while start < bytes.count {
                if goesAsItIs { start += try stream.writeNow(bytes.extracting(start...)) }
                if start == bytes.count { break }
                let end = min(bytes.count, start + Self.piece)
                stream.writeDeadline = limits.write.map { .now + $0 }
                try await stream.write(bytes.extracting(start..<end))
                start = end
            }
        } catch {
            isBroken = true
            throw error
        }
        // It was for these: what follows may be much later.
        stream.writeDeadline = nil
    }

    private func putLastChunk() {
        // Without trailers there is nothing in it that could be refused.
        try? output.appendLastChunk()
    }

    /// The answer cannot be ended as it was begun.
    @inline(never)
    func cutOff(_ reason: String) -> NetworkError {
        isBroken = true
        return names.failure(.write, .invalid(reason))
    }
}

extension AnswerState {
    /// What is written goes out.
    var hasContent: Bool { if case .none = framing { false } else { true } }
}
