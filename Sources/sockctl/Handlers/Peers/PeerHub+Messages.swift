import SockKit

extension PeerHub {
    /// Sends everybody the messages that a read of standard input made whole; false at its end.
    func distributeMessages(_ chunk: borrowing Chunk) async throws(NetworkError) -> Bool {
        var frames: [UInt8] = []
        var refusal: NetworkError?
        do throws(NetworkError) {
            if chunk.isEmpty {
                try framer?.finish(into: &frames)
            } else {
                try chunk.withBytes { bytes throws(NetworkError) in try framer?.push(bytes, into: &frames) }
            }
        } catch {
            refusal = error
        }
        if !frames.isEmpty {
            hadInput = true
            await send(frames)
        }
        if let refusal { throw refusal }
        return !chunk.isEmpty
    }

    /// Outputs the messages of a peer, each in one piece; an error is returned where its stream ended inside a frame.
    func receiveMessages(_ rules: FrameRules, from guest: Guest) async throws(NetworkError) -> NetworkError? {
        let (peer, connection) = (guest.peer, guest.peer.connection)
        var tap = RelayTap()
        tap.seesMessage = { index, bytes in peer.didReceiveMessage(index, bytes: bytes) }
        var reader = MessageReader(rules, tap)
        while true {
            let chunk = try await peer.readChunk()
            let isLast = chunk.isEmpty
            let broken = chunk.withBytes { bytes in
                copies.dump(bytes, .received)
                return isLast ? reader.finish() : reader.push(bytes)
            }
            chunk.giveBack()
            let payloads = reader.takeOutput()
            copies.keep(payloads.span)
            await output(payloads)
            if isLast { return broken.map(connection.failure) }
            if let broken { throw connection.failure(broken) }
            await Task.yield()
        }
    }
}
