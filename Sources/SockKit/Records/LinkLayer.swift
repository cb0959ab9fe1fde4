/// What stands before the IP header of a captured packet.
enum LinkLayer: Sendable, Hashable {
    case ethernet, rawIP
    /// As captures of all interfaces at once have it (LINKTYPE_LINUX_SLL and its successor).
    case linux, linux2

    /// By the numbers of `https://www.tcpdump.org/linktypes.html`.
    init?(type: UInt32) {
        switch type {
        case 1: self = .ethernet
        case 101, 228, 229: self = .rawIP
        case 113: self = .linux
        case 276: self = .linux2
        default: return nil
        }
    }

    /// Where the IP header begins; nil where none follows.
    func networkStart(_ packet: Span<UInt8>) -> Int? {
        switch self {
        case .rawIP: return 0
        case .ethernet: return start(packet, type: 12, header: 14)
        case .linux: return start(packet, type: 14, header: 16)
        case .linux2: return start(packet, type: 0, header: 20)
        }
    }

    private func start(_ packet: Span<UInt8>, type place: Int, header: Int) -> Int? {
        guard packet.count >= header else { return nil }
        var (type, start) = (packet.bigEndian(UInt16.self, at: place), header)
        // Tags of virtual networks, of which a packet may have two.
        for _ in 0..<2 where [0x8100, 0x88a8].contains(type) {
            guard packet.count >= start + 4 else { return nil }
            type = packet.bigEndian(UInt16.self, at: start + 2)
            start += 4
        }
        return [0x0800, 0x86dd].contains(type) ? start : nil
    }
}
