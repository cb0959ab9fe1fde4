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
        let drain = Netpoller.spawn { await Self.drain(peer) }
        defer { drain.cancel() }
        while true {
            do throws(NetworkError) {
                try await peer.connection.write(Self.block)
                peer.didWrite(Self.block.count)
            } catch {
                peer.didWrite(error.bytesTransferred)
                // It is the peer that ends this service, and a broken pipe or a reset is how it does.
                guard error.errno == .brokenPipe || error.errno == .connectionReset || error.isClosed else {
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
        while let count = try? await peer.connection.discard(), count > 0 { peer.didRead(count) }
    }
}
