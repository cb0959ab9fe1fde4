/// Sends the content of a request on a task of its own, while the answer is being waited for or read.
@Netpoller
final class BodyWriter {
    enum Outcome: Sendable, Equatable {
        case done
        /// The connection did not take it.
        case failed(NetworkError)
        /// The content could not be read.
        case sourceFailed(NetworkError)
        /// The server did not want it.
        case withheld
    }

    private let body: HTTPBody
    private let stream: any ByteStream
    private let isChunked: Bool
    /// Whether it may begin; given by the server, or by patience that has run out.
    private let permission = Promise<Bool>()
    private let finished = Parking()
    private var task: Task<Void, Never>?
    /// How it ended.
    private(set) var outcome: Outcome?
    /// Something of the content has been read from where it comes.
    private(set) var hasBegun = false
    /// How many bytes of content the connection has taken.
    private(set) var sent = 0 { didSet { onSent?(sent - oldValue) } }
    /// Told how many more the connection has taken.
    var onSent: (@Netpoller (Int) -> Void)?

    /// A server that refuses the content without ending the connection gets this much all the same, as in Go, for the
    /// connection's sake; more is not worth it.
    private static let mostForNothing = 256 << 10
    /// So much is moved before progress is told.
    private static let mostAtOnce = 4 << 20

    init(_ body: HTTPBody, _ stream: any ByteStream, isChunked: Bool) {
        self.body = body
        self.stream = stream
        self.isChunked = isChunked
    }

    /// Begins when the server permits it, and in any case after so long.
    func start(awaitingPermissionFor patience: Duration, then done: @escaping @Netpoller @Sendable (Outcome) -> Void) {
        if patience <= .zero { permission.fulfil(true) }
        task = Netpoller.spawn {
            let result = await self.run(patience)
            self.outcome = result
            self.finished.wake()
            done(result)
        }
    }

    /// `100 Continue` has come.
    func permit() { permission.fulfil(true) }

    /// The final answer has come.
    func answered(_ head: ResponseHead) {
        guard !hasBegun else { return }
        let left = body.length ?? .max
        let isWelcome =
            head.fields.keepsConnection(head.version) && (head.status.isSuccess || left <= Self.mostForNothing)
        permission.fulfil(isWelcome)
    }

    func cancel() {
        permission.fulfil(false)
        task?.cancel()
    }

    /// Waits for the end, but not for long.
    func wait(for patience: Duration) async {
        if outcome == nil { _ = await finished.wait(until: .now + patience) }
    }

    private func run(_ patience: Duration) async -> Outcome {
        let (permission, wake) = await permission.wait(until: .now + patience)
        guard permission ?? (wake == .deadline) else { return .withheld }
        hasBegun = true
        do throws(Failure) {
            try await send()
            return .done
        } catch {
            switch error {
            case .connection(let failure): return .failed(failure)
            case .source(let failure): return .sourceFailed(failure)
            }
        }
    }

    // MARK: - Sending

    private enum Failure: Error {
        case connection(NetworkError), source(NetworkError)
    }

    private func send() async throws(Failure) {
        switch body.source {
        case .none: break
        case .bytes(let bytes): try await send(bytes)
        case .stream(let open):
            let source: any ByteStream
            do throws(NetworkError) { source = try await open() } catch { throw .source(error) }
            defer { source.close() }
            try await send(source, length: body.length)
        case .file(let path, let range):
            let source: any ByteStream
            do throws(NetworkError) { source = try HTTPBody.open(path, at: range.lowerBound) } catch {
                throw .source(error)
            }
            defer { source.close() }
            do throws(Failure) { try await send(source, length: range.count) } catch {
                guard case .source(let failure) = error else { throw error }
                throw .source(NetworkError(.read, .file(path.description), cause: failure.cause))
            }
        }
        if isChunked { try await write(Array("0\r\n\r\n".utf8)) }
    }

    private func write(_ bytes: [UInt8]) async throws(Failure) {
        do throws(NetworkError) { try await stream.write(bytes.span) } catch { throw .connection(error) }
    }

    private func send(_ bytes: [UInt8]) async throws(Failure) {
        guard isChunked else {
            do throws(NetworkError) { try await stream.write(bytes.span) } catch {
                sent = error.bytesTransferred
                throw .connection(error)
            }
            sent = bytes.count
            return
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(64 << 10)
            try await writeChunk(Array(piece).span)
            rest = rest.dropFirst(piece.count)
        }
    }

    private func writeChunk(_ content: Span<UInt8>) async throws(Failure) {
        var writer = MessageWriter()
        writer.appendChunk(content)
        let count = content.count
        try await write(writer.bytes)
        sent += count
    }

    private func send(_ source: any ByteStream, length: Int?) async throws(Failure) {
        guard let length, !isChunked else { return try await sendChunks(source, length: length) }
        while sent < length {
            let piece = min(Self.mostAtOnce, length - sent)
            let pump = Pump(source, stream, limit: piece)
            do throws(NetworkError) { try await pump.run() } catch {
                sent += pump.count
                throw error.operation == .read ? .source(error) : .connection(error)
            }
            sent += pump.count
            if pump.count < piece { break }
        }
        try checkEnd(length)
    }

    private func sendChunks(_ source: any ByteStream, length: Int?) async throws(Failure) {
        while true {
            let chunk: Chunk
            do throws(NetworkError) { chunk = try await source.readChunk(maximum: nil) } catch { throw .source(error) }
            if chunk.isEnd { break }
            var writer = MessageWriter()
            chunk.withBytes { writer.appendChunk($0) }
            let count = chunk.count
            chunk.giveBack()
            try await write(writer.bytes)
            sent += count
        }
        if let length { try checkEnd(length) }
    }

    /// A length that was told must be kept: the server waits for all of it, and takes what is more for another request.
    private func checkEnd(_ length: Int) throws(Failure) {
        guard sent != length else { return }
        let text = "the content was to have \(length) bytes and has \(sent)"
        throw .source(NetworkError(.read, .standardInput, cause: .peerEnded(text)))
    }
}
