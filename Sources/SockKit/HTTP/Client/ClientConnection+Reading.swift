/// Reading the answer.
extension ClientConnection {
    /// Reads up to the head of the final answer: the parser's `head`.
    func readHead() async throws(NetworkError) {
        var taken = 0
        var isInterim = false
        while true {
            let before = position
            switch try nextEvent() {
            case .needsMore:
                taken += position - before
                try await readMore()
            case .head:
                taken += position - before
                isInterim = parser.head.status.isInterim && !parser.isTunnel
                try checkHead(taken, isInterim)
                if !isInterim { return }
            // What an interim answer ends with; nothing else can.
            case .content, .end: break
            }
        }
    }

    private func nextEvent() throws(NetworkError) -> MessageEvent {
        do throws(HTTPRefusal) {
            return try Self.next(&parser, buffer, end, &position)
        } catch {
            throw refused(error)
        }
    }

    /// What the parser finds next in the buffer.
    private static func next(
        _ parser: inout ResponseParser, _ buffer: [UInt8], _ end: Int, _ position: inout Int
    ) throws(HTTPRefusal) -> MessageEvent {
        try parser.next(in: buffer.span.extracting(first: end), at: &position)
    }

    /// A head has come.
    private func checkHead(_ taken: Int, _ isInterim: Bool) throws(NetworkError) {
        if isInterim {
            try noteInterim(taken)
        } else {
            if awaitsHead {
                awaitsHead = false
                stream.readDeadline = deadline
            }
            if requests > 1, parser.head.status == 408 { try checkIdleTimeout() }
            writer?.answered(parser.head)
            observer?(.head(parser.head))
        }
    }

    @inline(never)
    private func noteInterim(_ taken: Int) throws(NetworkError) {
        observer?(.interim(parser.head))
        if parser.head.status == 100 { writer?.permit() }
        let limit = parser.limits.head
        if taken > limit {
            let text = "the interim answers (1xx) before it are longer than the limit of \(limit) bytes"
            throw stream.names.failure(.read, .message(MessageError(.tooLong, "HTTP answer", text)))
        }
    }

    /// A server that gives an idle connection up may say so with 408, which then looks like the answer to a request that
    /// it has not read (RFC 9110 section 15.5.9).
    @inline(never)
    private func checkIdleTimeout() throws(NetworkError) {
        guard let plan, plan.isReplayable, !parser.head.fields.keepsConnection(parser.head.version) else { return }
        hasAnswerBegun = false
        throw stream.names.failure(.read, .peerEnded("the server gave the idle connection up with status 408"))
    }

    // MARK: - Content

    /// Takes the content apart that has been read, and moves its pieces together; says where it is.
    ///
    /// What stands before a fault is given first, however the bytes were cut: the next call finds the fault again.
    func takeContent() throws(HTTPRefusal) -> Range<Int> {
        var piece = position..<position
        while !hasEnded {
            let event: MessageEvent
            do throws(HTTPRefusal) { event = try Self.next(&parser, buffer, end, &position) } catch {
                if piece.isEmpty { throw error }
                return piece
            }
            switch event {
            case .needsMore: return piece
            case .end:
                hasEnded = true
                isMoreThere = position < end
            case .content(let more):
                if piece.isEmpty {
                    piece = more
                } else if piece.upperBound == more.lowerBound {
                    piece = piece.lowerBound..<more.upperBound
                } else {
                    piece = piece.lowerBound..<Self.move(more, to: piece.upperBound, in: &buffer)
                }
            // A head follows an end only.
            case .head: return piece
            }
        }
        return piece
    }

    /// Moves bytes down in the buffer; returns where they end there.
    private static func move(_ range: Range<Int>, to place: Int, in buffer: inout [UInt8]) -> Int {
        var bytes = buffer.mutableSpan
        unsafe bytes.withUnsafeMutableBytes { all in
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: all[place..<place + range.count])
            unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[range]))
        }
        return place + range.count
    }

    /// Reads until there is content, or its end: then the range is empty.
    func readContent() async throws(NetworkError) -> Range<Int> {
        while true {
            do throws(HTTPRefusal) {
                let piece = try takeContent()
                if hasEnded || !piece.isEmpty { return piece }
            } catch {
                throw refused(error)
            }
            try await readMore()
            if hasEnded { return 0..<0 }
        }
    }

    // MARK: - Bytes

    /// Waits for more bytes, when the parser has taken all there were.
    private func readMore() async throws(NetworkError) {
        giveBackBuffer()
        let chunk: Chunk
        do throws(NetworkError) { chunk = try await stream.readChunk(maximum: nil) } catch {
            if error.isTimeout, case .failed(let failure) = writer?.outcome { throw failure }
            throw writeError ?? error
        }
        guard !chunk.isEnd else { return try noteEnd() }
        if !hasAnswerBegun { try noteFirstByte(of: chunk) }
        position = chunk.range.lowerBound
        end = chunk.range.upperBound
        buffer = chunk.buffer
    }

    private func noteFirstByte(of chunk: borrowing Chunk) throws(NetworkError) {
        hasAnswerBegun = true
        observer?(.firstByte)
        // An alert of TLS (RFC 8446 section 5.1): it knows as little of HTTP as we do of it.
        if chunk.withBytes({ $0.count > 1 && $0[0] == 21 && $0[1] == 3 }) {
            throw stream.names.failure(
                .read,
                .tls(
                    TLSFailure(
                        .refused, "the server speaks it, and no plain HTTP",
                        hint: "begin the address with https:// in place of http://")))
        }
    }

    /// The server has ended the connection.
    @inline(never)
    private func noteEnd() throws(NetworkError) {
        do throws(HTTPRefusal) { hasEnded = try parser.finish() } catch { throw refused(error) }
        if hasEnded { return }
        if let writeError { throw writeError }
        if case .failed(let error) = writer?.outcome { throw error }
        throw stream.names.failure(.read, .peerEnded("the server closed the connection without an answer"))
    }

    func giveBackBuffer() {
        guard !buffer.isEmpty else { return }
        BufferPool.shared.giveBack(exchange(&buffer, for: []))
        position = 0
        end = 0
    }

    /// Gives what is in the buffer away, with the memory.
    func takeBuffer(_ range: Range<Int>) -> Chunk {
        position = 0
        end = 0
        return Chunk(exchange(&buffer, for: []), range)
    }

    private func exchange(_ bytes: inout [UInt8], for other: [UInt8]) -> [UInt8] {
        var other = other
        swap(&bytes, &other)
        return other
    }

    // MARK: - Errors

    func refused(_ refusal: HTTPRefusal) -> NetworkError {
        stream.names.failure(.read, .init(refusal))
    }

    /// The error that is to be told: the one that led to another, and for time that ran out what was being waited for.
    func explained(_ error: NetworkError) -> NetworkError {
        switch writer?.outcome {
        case .sourceFailed(let first): return first
        case .failed(let first) where first.isOfThisSide: return first.after(written + (writer?.sent ?? 0))
        default: break
        }
        guard error.cause == .timeout else { return error }
        let what: String
        var operation = error.operation
        if awaitsHead, deadline.map({ !$0.hasPassed }) ?? true {
            what = "no head of an answer came within the response header timeout"
        } else if operation == .write || isSending {
            operation = .write
            what = "the time for the exchange was over before the request was sent"
        } else if !isReadingContent {
            what = "the time for the exchange was over before the head of the answer came"
        } else {
            what = "the time for the exchange was over before the content had come"
        }
        let told = stream.names.failure(operation, .noAnswer(what))
        return operation == .write ? told.after(written + (writer?.sent ?? 0)) : told
    }

    /// The request has not ended, and the answer has not begun to come.
    private var isSending: Bool {
        guard let writer, !isReadingContent else { return false }
        switch writer.outcome {
        case nil, .failed: return true
        case .done, .sourceFailed, .withheld: return false
        }
    }
}
