/// Ways out of an exchange before its end.
extension ClientConnection {
    /// How many bytes of content come next that are nothing else, where none has been read yet.
    var contiguousContent: Int? { position == end ? parser.contiguousContent : nil }

    /// Notes content that was taken past the buffer; if it was the last that the server sent, the answer ends here or is
    /// cut off.
    func skip(_ count: Int, isEnd: Bool) throws(NetworkError) {
        parser.skipContent(count)
        do throws(HTTPRefusal) {
            if isEnd { hasEnded = try parser.finish() } else { _ = try takeContent() }
        } catch {
            throw refused(error)
        }
    }

    /// As much is read of what nobody wants, and as long, before the connection is given up; Go's limits.
    private static let mostForNothing = 256 << 10
    private static let longestForNothing = Duration.milliseconds(50)

    /// Nobody wants the rest of the content. What is to be read of it all the same, for the connection's sake, is read in the
    /// background by the task that is returned.
    @inline(never)
    func abandon(_ received: Int) -> Task<Void, Never>? {
        guard isWorthDraining, let piece = try? takeContent() else {
            giveUp(after: received)
            return nil
        }
        if hasEnded, writer == nil {
            _ = settleNow(received + piece.count)
            return nil
        }
        stream.readDeadline = min(deadline ?? .never, .now + Self.longestForNothing)
        return Netpoller.spawn { await self.drain(received + piece.count) }
    }

    private func drain(_ before: Int) async {
        var received = before
        while !hasEnded, received - before < Self.mostForNothing {
            guard let count = try? await readContent().count else { break }
            received += count
        }
        guard hasEnded else { return giveUp(after: received) }
        stream.readDeadline = deadline
        _ = await settle(received)
    }

    private var isWorthDraining: Bool {
        guard !isClosed, let plan, !plan.closes, parser.head.fields.keepsConnection(parser.head.version),
            !parser.isTunnel
        else { return false }
        switch parser.framing {
        case .untilClose: return false
        case .none, .chunked: return true
        case .length: return parser.contiguousContent ?? 0 <= Self.mostForNothing + end - position
        }
    }

    private func giveUp(after received: Int) {
        observer?(.end(received))
        observer?(.released(facts, .closed(.unread)))
        close()
        forgetExchange()
    }

    /// Gives the connection away as a stream.
    func release() -> any ByteStream {
        let rest = Array(buffer[position..<end])
        observer?(.released(facts, .upgraded))
        stream.setDeadline(nil)
        giveBackBuffer()
        host.transport?.noteClosed(host)
        isReleased()
        forgetExchange()
        return rest.isEmpty ? stream : PrefixedStream(rest, stream)
    }
}
