import SockKit

/// Sends back what comes (RFC 862).
struct EchoService: Service {
    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        if let pacing = peer.pacing { return try await echo(pacing) }
        var rounds = 0
        while true {
            let chunk = try await peer.readChunk(maximum: nil)
            guard !chunk.isEnd else { return .byPeer }
            try await peer.write(chunk)
            chunk.giveBack()
            // A peer that pours and drains at once never makes us wait: the others are to have their turn all the same.
            rounds += 1
            if rounds % 64 == 0 { await Task.yield() }
        }
    }

    @Netpoller
    private func echo(_ stream: PacedStream) async throws(NetworkError) -> ServiceEnd {
        while true {
            let chunk = try await stream.readChunk(maximum: nil)
            guard !chunk.isEnd else { return .byPeer }
            try await stream.write(chunk)
            chunk.giveBack()
            await Task.yield()
        }
    }
}

/// Reads and drops (RFC 863).
struct DiscardService: Service {
    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let stream = peer.stream
        var rounds = 0
        while try await stream.discard() != nil {
            rounds += 1
            if rounds % 16 == 0 { await Task.yield() }
        }
        return .byPeer
    }
}

/// The document's time server: the time as one line, and the end.
struct TimeService: Service {
    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        try await peer.stream.write(Array("\(Timestamp.now)\n".utf8))
        return .byUs
    }
}
