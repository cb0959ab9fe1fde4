import SockKit

/// Sends lines of 72 characters, each beginning one further in the ring of the 95 that print, until the peer closes;
/// what the peer sends is thrown away (RFC 864).
struct ChargenService: Service {
    /// The whole ring of lines, after which it begins again.
    private static let ring: [UInt8] = (0..<95).flatMap(line)

    /// The line that begins with the character of that number in the ring.
    static func line(_ first: Int) -> [UInt8] {
        (0..<72).map { UInt8(32 + (first + $0) % 95) } + [13, 10]
    }

    /// As many rings as make one large write.
    private static let block: [UInt8] = Array(repeatElement(ring, count: 9).joined())

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let stream = peer.stream
        let drain = Netpoller.spawn { if peer.policy.reads { await Self.drain(peer, stream) } }
        defer { drain.cancel() }
        while true {
            do throws(NetworkError) {
                try await stream.write(Self.block)
            } catch {
                // It is the peer that ends this service, and a broken pipe or a reset is how it does.
                guard peer.failure == nil,
                    error.errno == .brokenPipe || error.errno == .connectionReset || error.isClosed
                else {
                    throw error
                }
                return .byPeer
            }
            if peer.isFinishing { return .byPeer }
            await Task.yield()
        }
    }

    @Netpoller
    private static func drain(_ peer: Peer, _ stream: any ByteStream) async {
        do throws(NetworkError) {
            while try await stream.discard() != nil { await Task.yield() }
        } catch {
            // The writer learns of a reset by itself; a limit of ours it would not notice.
            if error.errno == nil, error.cause != .cancelled { peer.fail(error) }
        }
    }
}
