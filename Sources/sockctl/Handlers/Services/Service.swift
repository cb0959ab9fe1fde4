import SockKit

/// What a listener does with each peer. A service returns when the peer has ended or it has said all it had to say.
protocol Service: Sendable {
    @Netpoller
    func serve(_ peer: Peer) async throws(NetworkError)

    /// Whether it is the service that comes to its end, and not the peer.
    var endsFirst: Bool { get }
}

extension Service {
    var endsFirst: Bool { false }
}

/// Sends back what comes (RFC 862).
struct EchoService: Service {
    func serve(_ peer: Peer) async throws(NetworkError) {
        if peer.connection.network.kind == .sequenced { return try await echoMessages(peer) }
        if peer.paced != nil { return try await echoPaced(peer) }
        let connection = peer.connection
        var rounds = 0
        while true {
            let chunk = try await connection.readChunk()
            guard !chunk.isEmpty else { return }
            peer.didRead(chunk.count)
            try await connection.write(chunk)
            peer.didWrite(chunk.count)
            chunk.giveBack()
            // A peer that pours and drains at once never makes us wait: the others are to have their turn all the same.
            rounds += 1
            if rounds % 64 == 0 { await Task.yield() }
        }
    }
}

extension EchoService {
    @Netpoller
    private func echoPaced(_ peer: Peer) async throws(NetworkError) {
        while true {
            let chunk = try await peer.readChunk()
            guard !chunk.isEmpty else { return }
            let bytes = chunk.copy()
            chunk.giveBack()
            try await peer.write(bytes)
            await Task.yield()
        }
    }

    /// Each message goes back as one, an empty one too.
    @Netpoller
    private func echoMessages(_ peer: Peer) async throws(NetworkError) {
        let size = peer.conduct.pace.readSize
        var buffer = [UInt8](repeating: 0, count: size == Pace().readSize ? 256 * 1024 : size)
        while true {
            try await peer.paced?.waitToRead()
            var room = buffer.mutableSpan
            guard let message = try await peer.connection.readMessage(into: &room) else { return }
            try peer.paced?.note(message.count)
            peer.didRead(message.count)
            if message.isTruncated { peer.wasCut(message.count, of: message.length) }
            try await peer.connection.write(buffer.span.extracting(first: message.count))
            peer.didWrite(message.count)
        }
    }
}

/// Reads and drops (RFC 863).
struct DiscardService: Service {
    func serve(_ peer: Peer) async throws(NetworkError) {
        if peer.paced != nil { return try await discardPaced(peer) }
        var rounds = 0
        while true {
            let count = try await peer.connection.discard()
            guard count > 0 else { return }
            peer.didRead(count)
            rounds += 1
            if rounds % 16 == 0 { await Task.yield() }
        }
    }

    @Netpoller
    private func discardPaced(_ peer: Peer) async throws(NetworkError) {
        while true {
            let chunk = try await peer.readChunk()
            guard !chunk.isEmpty else { return }
            chunk.giveBack()
            await Task.yield()
        }
    }
}

/// The document's time server: the time as one line, and the end.
struct TimeService: Service {
    var endsFirst: Bool { true }

    func serve(_ peer: Peer) async throws(NetworkError) {
        try await peer.write(Array("\(Timestamp.now)\n".utf8))
    }
}
