import SockKit

/// The packets of a small binary protocol: a total length (u32, big-endian, itself included), a command (u8) and an id
/// of 8 bytes, then a payload, or in an answer a result (u8).
enum Packet {
    /// What a packet is, as it is on the wire.
    enum Command {
        static let connect: UInt8 = 0x01
        static let submit: UInt8 = 0x02
        static let connectAck: UInt8 = 0x81
        static let submitAck: UInt8 = 0x82
    }

    /// The 8 bytes that an answer repeats.
    struct ID: Hashable, Sendable {
        /// Big-endian, so that the first byte is the highest.
        let bytes: UInt64

        /// The eight digits of a number, which begin again after a hundred million.
        init(_ number: Int) {
            var (bytes, rest) = (UInt64(0), UInt64(number % 100_000_000))
            for place in 0..<8 {
                bytes |= (UInt64(UInt8(ascii: "0")) + rest % 10) << UInt64(8 * place)
                rest /= 10
            }
            self.bytes = bytes
        }

        init(_ packet: Span<UInt8>, at start: Int) {
            bytes = (0..<8).reduce(0) { $0 << 8 | UInt64(packet[start + $1]) }
        }

        /// As text, in which a byte that is no ASCII has no place.
        var text: String {
            String(decoding: (0..<8).map { UInt8(truncatingIfNeeded: bytes >> UInt64(56 - 8 * $0)) }, as: UTF8.self)
        }
    }

    /// A command as it is written in reports: `0x02`.
    static func spelling(_ command: UInt8) -> String {
        "0x" + (command < 16 ? "0" : "") + String(command, radix: 16)
    }

    static let framing = Framing.length(Framing.LengthField(width: lengthWidth, countsItself: true))
    static let lengthWidth = 4
    /// Of the command and the id, which all packets have behind their length.
    static let headWidth = 9
    /// The smallest packet.
    static let smallest = lengthWidth + headWidth
    static let ackSize = smallest + 1

    /// Appends a packet with a payload.
    static func append(_ command: UInt8, _ id: ID, _ payload: Span<UInt8>, to bytes: inout [UInt8]) {
        appendHead(command, id, size: smallest + payload.count, to: &bytes)
        bytes.append(payload)
    }

    /// Appends an answer.
    static func appendAck(_ command: UInt8, _ id: ID, result: UInt8, to bytes: inout [UInt8]) {
        appendHead(command, id, size: ackSize, to: &bytes)
        bytes.append(result)
    }

    private static func appendHead(_ command: UInt8, _ id: ID, size: Int, to bytes: inout [UInt8]) {
        for place in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: size >> (24 - 8 * place))) }
        bytes.append(command)
        for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: id.bytes >> UInt64(56 - 8 * place))) }
    }
}
