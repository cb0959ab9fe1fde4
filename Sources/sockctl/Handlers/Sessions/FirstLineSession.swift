import SockKit

/// `dial --first-line`: sends standard input, prints the first line of what comes, and is done.
@Netpoller
final class FirstLineSession: Service {
    private let streams: PairedStream
    private let views: PeerViews
    private let copies: PayloadCopies
    private let halfClose: HalfClose
    private let reporter: Reporter
    private var isOutputGone = false

    /// More is no line: it is kept in memory.
    private static let longest = 1 << 20

    /// What was read: the line without its end, whether it had one, and what else ended it.
    private struct Line: Sendable {
        var bytes: [UInt8] = []
        var isWhole = false
        var failure: NetworkError?
    }

    init(_ arguments: PeerArguments, _ streams: PairedStream, _ copies: PayloadCopies, _ reporter: Reporter) {
        self.streams = streams
        self.copies = copies
        self.reporter = reporter
        views = PeerViews(arguments, copies)
        halfClose = arguments.ending.halfClose
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        copies.end(peer)
        let far = views.far(peer, through: peer.stream).stream
        let sending = streams.source.map { _ in Netpoller.spawn { await self.send(to: far, peer) } }
        let reading = Netpoller.spawn { await self.read(far, peer) }
        let watch = Netpoller.spawn {
            guard (try? await self.streams.waitUntilGone()) != nil else { return }
            self.isOutputGone = true
            reading.cancel()
        }
        defer {
            sending?.cancel()
            watch.cancel()
        }
        let line = await Netpoller.join(reading)
        if isOutputGone { return .byUs }
        return try await deliver(line, peer)
    }

    func missing(of peer: Peer) -> String? { "before the peer had said a line" }

    /// A line that was cut off is printed all the same.
    private func deliver(_ line: Line, _ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        if let failure = line.failure, line.bytes.isEmpty || failure.cause == .cancelled { throw failure }
        if line.bytes.isEmpty, !line.isWhole {
            throw peer.names.failure(.read, .peerEnded("the peer ended before it had said a line"))
        }
        do throws(NetworkError) { try await streams.write(line.bytes + [UInt8(ascii: "\n")]) } catch {
            guard error.isOutputGone else { throw error }
            return .byUs
        }
        if let failure = line.failure { throw failure }
        guard line.isWhole else {
            throw peer.names.failure(.read, .frame(FramingError("the first line", .cut("has no line end"))))
        }
        return .byUs
    }

    private func read(_ far: any ByteStream, _ peer: Peer) async -> Line {
        var line = Line()
        do throws(NetworkError) { try await read(far, peer, into: &line) } catch { line.failure = error }
        return line
    }

    private func read(_ far: any ByteStream, _ peer: Peer, into line: inout Line) async throws(NetworkError) {
        while !line.isWhole {
            let chunk = try await far.readChunk(maximum: nil)
            if chunk.isEnd { return }
            let bytes = chunk.copy()
            chunk.giveBack()
            let end = bytes.firstIndex(of: UInt8(ascii: "\n"))
            line.bytes += bytes[..<(end ?? bytes.count)]
            line.isWhole = end != nil
            guard line.bytes.count <= Self.longest else {
                throw peer.names.failure(
                    .read, .frame(FramingError("the first line", .tooLong(limit: Self.longest))))
            }
        }
        if line.bytes.last == UInt8(ascii: "\r") { line.bytes.removeLast() }
    }

    /// What fails here fails the reading as well, or says nothing of the line.
    private func send(to far: any ByteStream, _ peer: Peer) async {
        let near = views.near(streams)
        do throws(NetworkError) {
            while true {
                let chunk = try await near.readChunk(maximum: nil)
                if chunk.isEnd { break }
                try await far.write(chunk)
                chunk.giveBack()
            }
            guard halfClose != .never else { return }
            try far.closeWrite()
            reporter.report(HalfClosedEvent(ends: peer.ends, by: .local))
        } catch {
            if error.stream != nil, error.cause != .cancelled { peer.fail(error) }
        }
    }
}
