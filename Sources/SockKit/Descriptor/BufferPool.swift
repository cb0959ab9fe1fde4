/// Memory for reads, lent once bytes are there: ten thousand idle connections hold none of it.
@Netpoller
final class BufferPool {
    static let shared = BufferPool()

    /// What one read may give: as much as TCP hands over in one go on loopback, and a pipe's default capacity.
    nonisolated static let bufferSize = 64 * 1024
    private static let kept = 16

    // One thread touches it, in functions that call nothing which could touch it again: the accesses need not be watched.
    @safe @exclusivity(unchecked) private var free: [[UInt8]] = []

    func take() -> [UInt8] {
        free.popLast() ?? [UInt8](repeating: 0, count: Self.bufferSize)
    }

    func giveBack(_ buffer: consuming [UInt8]) {
        if free.count < Self.kept, buffer.count == Self.bufferSize { free.append(buffer) }
    }
}
