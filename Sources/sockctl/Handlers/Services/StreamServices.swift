import SockKit

/// Sends back what comes (RFC 862).
struct EchoService: Service {
    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        if let pacing = peer.pacing { return try await echo(pacing) }
        if let leftover = peer.takeLeftover() {
            if let failure = leftover.failure { throw failure }
            try await peer.write(leftover.unsent)
        }
        let mayRest = peer.mayRest
        var rounds = 0
        while true {
            // Nothing is under way, and nothing is there: the loop knows of the peer, and no task need wait.
            if mayRest, !peer.connection.isReadable { return .rest }
            let chunk = try await peer.readChunk(maximum: nil)
            guard !chunk.isEnd else { return .byPeer }
            try await peer.write(chunk)
            chunk.giveBack()
            // A peer that pours and drains at once never makes us wait: the others are to have their turn all the same.
            rounds += 1
            if rounds % 64 == 0 { await Task.yield() }
        }
    }

    func serveNow(_ peer: Peer) -> ServiceRound {
        guard peer.mayRest else { return .goesOn }
        do throws(NetworkError) {
            // The second look is for what came meanwhile; who has more to say than that gets a task.
            for _ in 0..<2 {
                guard let chunk = try peer.readNow() else { return peer.rest() ? .rests : .goesOn }
                if chunk.isEnd { return .ended(by: .peer) }
                let gone = try peer.writeNow(chunk)
                guard gone == chunk.count else {
                    peer.leftover = Leftover(unsent: chunk.dropFirst(gone).copy())
                    return .goesOn
                }
                chunk.giveBack()
                if peer.rest() { return .rests }
            }
        } catch {
            peer.leftover = Leftover(failure: error)
        }
        return .goesOn
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
