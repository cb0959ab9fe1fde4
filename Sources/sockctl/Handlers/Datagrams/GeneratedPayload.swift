/// The payload of `udp-send --size`: from 16 bytes on a number and a time, by which a receiver knows what is missing.
///
/// Both are big-endian: eight bytes that count from 0, and eight of nanoseconds since 1970. A pattern fills the rest.
struct GeneratedPayload: Sendable, Hashable {
    /// From so many bytes on the number and the time are there.
    static let headerSize = 16

    let sequence: Int
    /// Nanoseconds since 1970.
    let sent: Int64

    init(sequence: Int, sent: Int64) {
        self.sequence = sequence
        self.sent = sent
    }

    /// Reads the header; nil where the bytes cannot be one.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= Self.headerSize else { return nil }
        func number(_ start: Int) -> UInt64 {
            (start..<start + 8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
        }
        let (first, second) = (number(0), number(8))
        // Within the years 2001 to 2128: text read as a number lies far beyond.
        guard first < 1 << 48, (1_000_000_000..<5_000_000_000).contains(second / 1_000_000_000) else { return nil }
        sequence = Int(first)
        sent = Int64(second)
    }

    /// Fills a datagram.
    func write(to room: UnsafeMutableRawBufferPointer) {
        guard room.count >= Self.headerSize else {
            for index in 0..<room.count { unsafe room[index] = Self.pattern(index) }
            return
        }
        unsafe room.storeBytes(of: UInt64(sequence).bigEndian, as: UInt64.self)
        unsafe room.storeBytes(of: UInt64(sent).bigEndian, toByteOffset: 8, as: UInt64.self)
        var rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[Self.headerSize...])
        unsafe Self.filler.withUnsafeBytes { pattern in
            while unsafe !rest.isEmpty {
                let count = min(rest.count, pattern.count)
                unsafe rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: pattern[..<count]))
                unsafe rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    private static func pattern(_ index: Int) -> UInt8 { UInt8(ascii: "a") + UInt8(index % 26) }

    /// As much as any datagram of IP holds; a whole number of alphabets, for those of Unix sockets, which may hold more.
    private static let filler: [UInt8] = (0..<26 * 2521).map(pattern)
}
