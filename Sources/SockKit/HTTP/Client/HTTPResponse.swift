/// An answer: its head, and the content as it comes.
///
/// Read the content to its end (`readBody`, `readAll`, `drain`, `copyBody`) or `close` it: until then nobody else can use the
/// connection. An answer that just goes away is closed. One task reads an answer at a time.
@Netpoller
public final class HTTPResponse {
    public nonisolated let head: ResponseHead
    /// The request that got this answer, which after redirects is not the one that was sent first.
    public nonisolated let request: HTTPRequest
    /// How the length of the content is known.
    public nonisolated let framing: BodyFraming
    /// How many redirects led here.
    public internal(set) var redirects = 0
    /// What stood behind the content, from its end on.
    public private(set) var trailers = Fields()
    /// How many bytes of content have come.
    public private(set) var received = 0
    /// So many of them were to be copied, and were not taken (`copyBody`).
    public private(set) var untaken = 0
    /// What became of the connection, once the exchange is over.
    public private(set) var fate: ConnectionFate?

    let connection: ClientConnection
    private let requestsBefore: Int
    private let idle: Duration

    init(_ connection: ClientConnection, _ request: HTTPRequest) {
        self.connection = connection
        self.request = request
        head = connection.parser.head
        framing = connection.parser.framing
        requestsBefore = connection.requests - 1
        idle = connection.idle
    }

    isolated deinit {
        if fate == nil { close() }
    }

    public nonisolated var status: HTTPStatus { head.status }

    /// Whether the connection had served others before.
    public var isReused: Bool { requestsBefore > 0 }

    /// The connection that the answer came over.
    public var connectionFacts: ConnectionFacts {
        ConnectionFacts(
            number: connection.number, names: connection.stream.names, requestsBefore: requestsBefore,
            idle: isReused ? idle : nil, proxy: connection.host.proxy)
    }

    /// How long the content is, where the head tells it; 0 where there is none.
    public nonisolated var length: Int? {
        switch framing {
        case .none: 0
        case .length(let count): count
        case .chunked, .untilClose: nil
        }
    }

    /// The content is over, or nobody wants the rest.
    public var isOver: Bool { fate != nil }

    // MARK: - Content

    /// Waits for content and takes what is there; an empty chunk is the end. At the end the connection is free for others.
    public func readBody() async throws(NetworkError) -> Chunk {
        guard try mayRead() else { return Chunk([], count: 0) }
        let piece: Range<Int>
        do throws(NetworkError) { piece = try await connection.readContent() } catch { throw failed(error) }
        received += piece.count
        let chunk = connection.takeBuffer(piece)
        if connection.hasEnded { await end() }
        return chunk
    }

    /// All of the content that is still to come; more than `limit` bytes are an error.
    public func readAll(limit: Int = .max) async throws(NetworkError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try await readBody()
            if chunk.isEnd { return bytes }
            guard chunk.count <= limit - bytes.count else {
                throw failed(connection.refused(HTTPRefusal(.response, .content, .bodyTooLong(limit: limit))))
            }
            chunk.withBytes { bytes.append($0) }
            chunk.giveBack()
        }
    }

    /// Throws away what is still to come of the content; returns how many bytes it had in all.
    @discardableResult
    public func drain() async throws(NetworkError) -> Int {
        guard try mayRead() else { return received }
        do throws(NetworkError) {
            while !connection.hasEnded { received += try await connection.readContent().count }
        } catch {
            throw failed(error)
        }
        await end()
        return received
    }

    /// Copies the content into a stream, inside the kernel where both sides allow it; returns how many bytes came in all.
    ///
    /// `progress` is told how many more have come. An error of the stream that is written to is thrown as it is; the answer is
    /// closed then.
    public func copyBody(
        to sink: any ByteStream, progress: (@Netpoller (Int) -> Void)? = nil
    ) async throws(NetworkError) -> Int {
        while try mayRead() {
            if let moved = try await moveInKernel(to: sink) {
                progress?(moved)
                continue
            }
            let chunk = try await readBody()
            if chunk.isEnd { break }
            let count = chunk.count
            do throws(NetworkError) { try await sink.write(chunk) } catch {
                untaken = count - error.bytesTransferred
                close()
                throw error
            }
            progress?(chunk.count)
            chunk.giveBack()
        }
        return received
    }

    /// A piece of content that the connection's descriptor gives as it is, where that is worth it; nil where it is not.
    private func moveInKernel(to sink: any ByteStream) async throws(NetworkError) -> Int? {
        guard let left = connection.contiguousContent, left >= Self.leastForKernel,
            connection.stream.plainSource != nil, sink.plainSink != nil
        else { return nil }
        let pump = Pump(connection.stream, sink, limit: min(left, Self.mostInKernel))
        do throws(NetworkError) { try await pump.run() } catch {
            received += pump.count + pump.lost
            untaken = pump.lost
            guard error.operation == .read else {
                close()
                throw error
            }
            throw failed(error)
        }
        received += pump.count
        do throws(NetworkError) {
            try connection.skip(pump.count, isEnd: pump.count < min(left, Self.mostInKernel))
        } catch {
            throw failed(error)
        }
        if connection.hasEnded { await end() }
        return pump.count
    }

    /// Less than this is copied: a pipe between would cost more than the copy.
    private static let leastForKernel = 128 << 10
    /// So much is moved before progress is told.
    private static let mostInKernel = 4 << 20

    /// The rest of the content is not wanted.
    ///
    /// For the sake of the connection up to 256 KiB are still read, within 50 ms and in the background; where more is to
    /// come, or it comes too slowly, the connection is closed.
    public func close() {
        guard fate == nil else { return }
        fate = .closed(.unread)
        _ = connection.abandon(received)
    }

    /// Closes, and waits until it is known whether the connection can be used for the next request.
    package func finishUnread() async {
        guard fate == nil else { return }
        fate = .closed(.unread)
        await connection.abandon(received)?.value
    }

    /// The connection as a stream of another protocol, behind status 101 or CONNECT; nil for any other answer.
    public func takeUpgraded() -> (any ByteStream)? {
        guard fate == nil, connection.parser.isTunnel else { return nil }
        fate = .upgraded
        return connection.release()
    }

    // MARK: - The end

    /// False at the end of the content.
    private func mayRead() throws(NetworkError) -> Bool {
        switch fate {
        case nil where connection.parser.isTunnel:
            throw connection.stream.names.failure(.read, .invalid("the connection speaks another protocol now"))
        case nil: return true
        case .closed(.unread): throw connection.stream.names.failure(.read, .closed)
        case .closed(.failed(let error)): throw error
        default: return false
        }
    }

    private func end() async {
        trailers = connection.parser.trailers
        finish(await connection.settle(received))
    }

    func finish(_ fate: ConnectionFate) {
        self.fate = fate
    }

    private func failed(_ error: NetworkError) -> NetworkError {
        let told = connection.fail(error).after(received)
        fate = .closed(.failed(told))
        return told
    }
}

extension HTTPResponse {
    /// An error about this answer.
    package func failure(_ cause: NetworkError.Cause) -> NetworkError {
        connection.stream.names.failure(.read, cause)
    }
}
