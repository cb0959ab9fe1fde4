/// The content of a request.
extension HTTPExchange {
    /// So many pieces are given before others have their turn.
    private static let turn = 16

    /// So many pieces that came together are one.
    private static let mostJoined = 256

    /// Waits for the next piece of the content; the chunk that `isEnd` says that there is no more. A client that waits for
    /// leave to send gets it first: `100 Continue`.
    ///
    /// Content that breaks the grammar or a limit, or that does not come in time, is an error that the handler passes on:
    /// if the answer has not begun, it will say so.
    public func readBody() async throws(NetworkError) -> Chunk {
        content.pieces &+= 1
        // Content that has come already makes nobody wait, and neither need what is done with it.
        if content.pieces % Self.turn == 0 { await Task.yield() }
        while true {
            switch try nextPiece() {
            case .content(let range):
                let piece = joined(range)
                return input.piece(piece)
            case .needsMore: try await readMoreContent()
            case .head, .end: return Chunk([], count: 0)
            }
        }
    }

    /// The whole content, of at most `limit` bytes: 413 for more.
    public func readWholeBody(limit: Int) async throws(NetworkError) -> [UInt8] {
        contentLimit = min(limit, contentLimit ?? limit)
        var bytes: [UInt8] = []
        while true {
            let chunk = try await readBody()
            if chunk.isEnd { return bytes }
            chunk.withBytes { bytes.append($0) }
            chunk.giveBack()
        }
    }

    /// A piece with those that came in the same read: were each chunk of a byte handed on by itself, it would be written
    /// by itself too. A fault behind them is found again.
    private func joined(_ first: Range<Int>) -> Range<Int> {
        var (piece, count) = (first, 1)
        while count < Self.mostJoined, !input.isEmpty, case .content(let next)? = try? nextPiece() {
            piece = input.join(piece, next)
            count += 1
        }
        return piece
    }

    private func nextPiece() throws(NetworkError) -> MessageEvent {
        if content.isAtEnd { return .end }
        if let refusal = content.refusal { throw names.failure(.read, refusal.cause) }
        do throws(HTTPRefusal) {
            let event = try nextEvent()
            switch event {
            case .content(let range): content.received += range.count
            case .end: content.isAtEnd = true
            case .head, .needsMore: break
            }
            return event
        } catch {
            throw refused(RequestRefusal(error))
        }
    }

    private func readMoreContent() async throws(NetworkError) {
        input.release()
        if content.isAwaited, !hasBegun { putContinue() }
        try await flush()
        stream.readDeadline = contentDeadline
        do throws(NetworkError) {
            let chunk = try await stream.readChunk(maximum: nil)
            if chunk.isEnd { throw refused(.cutOff(.content)) }
            input.take(chunk)
        } catch {
            if content.refusal != nil { throw error }
            guard error.cause == .timeout, !content.isDrained else {
                isBroken = isBroken || error.cause != .timeout
                throw error
            }
            throw refused(.late("the content did not come in time"))
        }
    }

    /// The first time is for all of it; what has come earns more.
    private var contentDeadline: Deadline? {
        if content.isDrained { return content.deadline }
        guard let limit = limits.body else { return nil }
        let start = content.deadline ?? .now
        content.deadline = start
        return start + limit + .seconds(content.received / HTTPServerLimits.minimumRate)
    }

    @inline(never)
    private func refused(_ refusal: RequestRefusal) -> NetworkError {
        content.refusal = refusal
        return names.failure(.read, refusal.cause)
    }

    // MARK: - What nobody wanted

    /// Reads and drops what is left, so that the next request can be found. False if that was too much, or took too long.
    @inline(never)
    func dropContent() async throws(NetworkError) -> Bool {
        content.isDrained = true
        content.deadline = .now + limits.drainTime
        var left = limits.drain
        do throws(NetworkError) {
            while left >= 0 {
                let chunk = try await readBody()
                if chunk.isEnd { return true }
                left -= chunk.count
                chunk.giveBack()
            }
        } catch {
            if isBroken { throw error }
        }
        return false
    }

    /// What the bytes that were read hold next.
    func nextEvent() throws(HTTPRefusal) -> MessageEvent {
        let bytes = input.buffer
        var position = input.position
        defer { input.position = position }
        return try parser.next(in: bytes.span.extracting(first: input.count), at: &position)
    }
}
