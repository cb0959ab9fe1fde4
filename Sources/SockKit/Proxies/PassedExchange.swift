/// One request of HTTP that a proxy passes on, with its answer: the heads are rewritten for the connection that they go
/// over, the contents pass as they are (RFC 9110 section 7.6).
///
/// Both connections end with it.
@Netpoller
public final class PassedExchange {
    private let client: any ByteStream
    private let server: any ByteStream
    private var request: RequestParser
    private var answer = ResponseParser()
    /// The client has the head of the final answer, or a part of it: nothing else can be said any more.
    public private(set) var hasAnswered = false
    /// A head has been passed on, and its content has not ended.
    private var isInContent = false
    private var uploadFailure: NetworkError?
    private var clientFailure: NetworkError?

    /// `request` has the head.
    public init(_ client: any ByteStream, _ server: any ByteStream, _ request: RequestParser) {
        self.client = client
        self.server = server
        self.request = request
    }

    /// Runs it to the end of the answer. An error names the connection that it is about.
    public func run() async throws(NetworkError) {
        try await sendHead()
        let upload = request.framing == .none ? nil : Netpoller.spawn { await self.passContent() }
        // A client that is gone for good wants no answer.
        let watch = Netpoller.spawn {
            guard (try? await self.client.waitUntilGone()) != nil else { return }
            self.clientFailure = self.client.names.failure(.read, .system(.connectionReset, call: "read"))
            self.server.reset()
        }
        defer {
            upload?.cancel()
            watch.cancel()
        }
        do throws(NetworkError) { try await passAnswer() } catch {
            throw clientFailure ?? uploadFailure ?? error
        }
    }

    // MARK: - The request

    private func sendHead() async throws(NetworkError) {
        var head = request.head
        let keepsChunks = request.framing == .chunked
        head.fields.removeHopByHop()
        for name in ["proxy-authorization", "proxy-authenticate"] { head.fields.removeAll(named: name) }
        if keepsChunks { head.fields["Transfer-Encoding"] = "chunked" }
        // The authority of the target overrules what Host said (RFC 9112 section 3.2.2).
        head.fields["Host"] = head.authority
        head.fields.append("Via", "1.\(head.version.minor) \(ProxyAnswer.name)")
        head.fields.append("Connection", "close")
        if let left = head.fields["Max-Forwards"].flatMap({ UInt($0) }), left > 0 {
            head.fields["Max-Forwards"] = String(left - 1)
        }
        var target = head.path + (head.query.map { "?\($0)" } ?? "")
        // OPTIONS of a whole server (RFC 9112 section 3.2.4).
        if head.method == .options, head.target.utf8.last != UInt8(ascii: "/"), target == "/" { target = "*" }
        var writer = MessageWriter()
        do throws(HTTPRefusal) {
            try writer.append(try RequestHead(head.method, target, fields: head.fields))
        } catch {
            throw client.names.failure(.read, NetworkError.Cause(error))
        }
        try await server.write(writer.bytes)
    }

    private func passContent() async {
        do throws(NetworkError) {
            var (isWhole, rounds) = (false, 0)
            while !isWhole {
                let chunk = try await client.readChunk(maximum: nil)
                guard !chunk.isEnd else { throw try truncation() }
                let count = try chunk.withBytes { bytes throws(NetworkError) in try self.advance(bytes, &isWhole) }
                if count == chunk.count {
                    try await server.write(chunk)
                } else {
                    try await server.write(Array(chunk.copy().prefix(count)))
                }
                chunk.giveBack()
                rounds &+= 1
                if rounds % 16 == 0 { await Task.yield() }
            }
        } catch {
            guard error.cause != .cancelled else { return }
            uploadFailure = error
            // A server that takes no more may have answered before: that is read first. A client that breaks its own
            // request gets none.
            if error.operation == .read { server.reset() }
        }
    }

    /// How many of the bytes belong to the request.
    private func advance(_ bytes: Span<UInt8>, _ isWhole: inout Bool) throws(NetworkError) -> Int {
        var position = 0
        do throws(HTTPRefusal) {
            while true {
                switch try request.next(in: bytes, at: &position) {
                case .needsMore: return position
                case .head, .content: continue
                case .end:
                    isWhole = true
                    return position
                }
            }
        } catch {
            throw client.names.failure(.read, NetworkError.Cause(error))
        }
    }

    private func truncation() throws(NetworkError) -> NetworkError {
        do throws(HTTPRefusal) { try request.finish() } catch {
            return client.names.failure(.read, NetworkError.Cause(error))
        }
        return client.names.failure(.read, .peerEnded("the client ended inside its request"))
    }

    // MARK: - The answer

    private func passAnswer() async throws(NetworkError) {
        answer.method = request.head.method
        var rounds = 0
        while true {
            let chunk = try await server.readChunk(maximum: nil)
            guard !chunk.isEnd else {
                let isWhole: Bool
                do throws(HTTPRefusal) { isWhole = try answer.finish() } catch { throw failure(error) }
                guard isWhole else {
                    throw server.names.failure(.read, .peerEnded("the server ended without an answer"))
                }
                return
            }
            var out: [UInt8] = []
            let isWhole = try chunk.withBytes { bytes throws(NetworkError) in try self.rewrite(bytes, into: &out) }
            chunk.giveBack()
            if !out.isEmpty { try await client.write(out) }
            if isWhole { return }
            // Neither a read nor a write waits where both sides are fast.
            rounds &+= 1
            if rounds % 16 == 0 { await Task.yield() }
        }
    }

    /// Appends what the client gets of these bytes; whether the answer is whole with them.
    private func rewrite(_ bytes: Span<UInt8>, into out: inout [UInt8]) throws(NetworkError) -> Bool {
        var position = 0
        do throws(HTTPRefusal) {
            while true {
                let start = position
                let event = try answer.next(in: bytes, at: &position)
                if event == .head {
                    try appendHead(to: &out)
                    isInContent = true
                    continue
                }
                if isInContent { append(event, bytes.extracting(start..<position), of: bytes, to: &out) }
                if event == .needsMore { return false }
                if event == .end {
                    isInContent = false
                    if !answer.head.status.isInterim { return true }
                }
            }
        } catch {
            throw failure(error)
        }
    }

    /// Content goes as it came, with its chunks.
    private func append(_ event: MessageEvent, _ taken: Span<UInt8>, of bytes: Span<UInt8>, to out: inout [UInt8]) {
        guard dropsChunks else { return out.append(taken) }
        if case .content(let range) = event { out.append(bytes.extracting(range)) }
    }

    /// A client of HTTP/1.0 does not know chunks: it gets the content alone, up to the end of the connection.
    private var dropsChunks: Bool { request.head.version < .http11 && answer.framing == .chunked }

    private func appendHead(to out: inout [UInt8]) throws(HTTPRefusal) {
        var head = answer.head
        if head.status.isInterim {
            // Who speaks HTTP/1.0 knows none (RFC 9110 section 15.2).
            guard request.head.version >= .http11 else { return }
            head.fields.removeHopByHop()
        } else {
            hasAnswered = true
            head.fields.removeHopByHop()
            for name in ["proxy-authenticate", "proxy-authorization"] { head.fields.removeAll(named: name) }
            if answer.framing == .chunked {
                head.fields.removeAll(named: "content-length")
                if !dropsChunks { head.fields["Transfer-Encoding"] = "chunked" }
            }
            head.fields.append("Via", "1.\(head.version.minor) \(ProxyAnswer.name)")
            head.fields.append("Connection", "close")
        }
        var writer = MessageWriter()
        try writer.append(ResponseHead(head.status, reason: head.reason, fields: head.fields))
        out += writer.bytes
    }

    private func failure(_ refusal: HTTPRefusal) -> NetworkError {
        server.names.failure(.read, NetworkError.Cause(refusal))
    }
}
