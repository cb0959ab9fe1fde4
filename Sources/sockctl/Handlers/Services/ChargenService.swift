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

    func serve(_ peer: Peer) async throws(NetworkError) {
        let drain = Netpoller.spawn { if peer.conduct.reads { await Self.drain(peer) } }
        defer { drain.cancel() }
        while true {
            do throws(NetworkError) {
                try await peer.write(Self.block)
            } catch {
                // It is the peer that ends this service, and a broken pipe or a reset is how it does.
                guard peer.failure == nil,
                    error.errno == .brokenPipe || error.errno == .connectionReset || error.isClosed
                else {
                    throw error
                }
                return
            }
            if peer.isFinishing { return }
            await Task.yield()
        }
    }

    @Netpoller
    private static func drain(_ peer: Peer) async {
        while true {
            do throws(NetworkError) {
                let chunk = try await peer.readChunk()
                guard !chunk.isEmpty else { return }
                chunk.giveBack()
            } catch {
                // The writer learns of a reset by itself; a limit of ours it would not notice.
                if error.errno != nil || error.cause == .cancelled || peer.isFinishing || peer.wasIdle { return }
                guard peer.goesOn(after: error) else { return peer.fail(error) }
            }
            await Task.yield()
        }
    }
}
