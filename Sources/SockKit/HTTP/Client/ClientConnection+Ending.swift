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

    /// Nobody wants the rest of the content.
    @inline(never)
    func abandon(_ received: Int) {
        guard isWorthDraining else { return giveUp() }
        stream.readDeadline = min(deadline ?? .never, .now + Self.longestForNothing)
        Netpoller.spawn {
            var left = Self.mostForNothing
            while !self.hasEnded, left > 0 {
                guard let count = try? await self.readContent().count else { break }
                left -= count
            }
            guard self.hasEnded else { return self.giveUp() }
            self.stream.readDeadline = self.deadline
            _ = await self.settle(received)
        }
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

    private func giveUp() {
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
