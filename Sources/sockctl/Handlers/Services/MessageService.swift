import SockKit

/// What a server makes of a stream of messages: the bytes of its answers.
protocol Responder {
    /// Takes the next bytes of the stream, appends the answers to the messages that are now whole, and tells of each its
    /// number and the length of its payload. What was answered before an error is to be sent all the same.
    mutating func push(
        _ bytes: Span<UInt8>, into answers: inout [UInt8], sees: (Int, Int) -> Void
    ) throws(FramingError)

    /// The end of the stream: what was cut off, if something was.
    mutating func finish() -> FramingError?
}

/// Serves a peer message by message; all that one read made whole is answered by one write.
struct MessageService<Answering: Responder>: Service {
    let makeResponder: @Sendable () -> Answering

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let stream = peer.stream
        var responder = makeResponder()
        var answers: [UInt8] = []
        var rounds = 0
        while true {
            let chunk = try await stream.readChunk(maximum: nil)
            guard !chunk.isEnd else { break }
            let broken = chunk.withBytes { Self.answer($0, &responder, &answers, peer) }
            chunk.giveBack()
            if !answers.isEmpty {
                try await stream.write(answers)
                // What one burst needed is not kept while the peer is silent.
                answers.removeAll(keepingCapacity: answers.capacity <= 1 << 14)
            }
            if let broken { throw peer.names.failure(.read, .frame(broken)) }
            rounds += 1
            if rounds % 16 == 0 { await Task.yield() }
        }
        if let broken = responder.finish() { throw peer.names.failure(.read, .frame(broken)) }
        return .byPeer
    }

    @Netpoller @inline(never)
    private static func answer(
        _ bytes: Span<UInt8>, _ responder: inout Answering, _ answers: inout [UInt8], _ peer: Peer
    ) -> FramingError? {
        do throws(FramingError) {
            try responder.push(bytes, into: &answers) { peer.didReceiveMessage($0, bytes: $1) }
            return nil
        } catch {
            return error
        }
    }
}

/// Sends each message back, framed as it came, or only counts them.
struct FrameResponder: Responder {
    private var decoder: FrameDecoder
    /// nil answers nothing.
    private let encoder: FrameEncoder?

    init(_ rules: FrameRules, echoes: Bool) {
        decoder = FrameDecoder(rules.framing, maximum: rules.maximum)
        encoder = echoes ? FrameEncoder(rules.framing, maximum: rules.maximum) : nil
    }

    mutating func push(
        _ bytes: Span<UInt8>, into answers: inout [UInt8], sees: (Int, Int) -> Void
    ) throws(FramingError) {
        let encoder = encoder
        try decoder.push(bytes) { (index, payload) throws(FramingError) in
            sees(index, payload.count)
            try encoder?.append(payload, to: &answers)
        }
    }

    mutating func finish() -> FramingError? { decoder.finish()?.error }
}
