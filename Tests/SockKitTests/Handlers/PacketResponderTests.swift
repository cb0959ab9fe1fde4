import SockKit
import Testing

@testable import sockctl

@Suite struct PacketResponderTests {
    private static func packet(_ command: UInt8, _ id: String, _ payload: String = "") -> [UInt8] {
        [0, 0, 0, UInt8(13 + payload.utf8.count), command] + Array(id.utf8) + Array(payload.utf8)
    }

    private static func ack(_ command: UInt8, _ id: String, _ result: UInt8) -> [UInt8] {
        [0, 0, 0, 14, command] + Array(id.utf8) + [result]
    }

    private static let connect = packet(1, "conn0001")

    /// The answers to a stream that comes in reads of this size, the messages told of, and the error that ended it.
    private static func answers(
        to stream: [UInt8], reads: Int = .max, limit: Int = 100
    ) -> (bytes: [UInt8], told: [[Int]], error: String?) {
        var responder = PacketResponder(maximum: limit)
        var answers: [UInt8] = []
        var told: [[Int]] = []
        var start = 0
        while start < stream.count {
            let piece = Array(stream[start..<min(stream.count, start + min(reads, stream.count))])
            start += piece.count
            do throws(FramingError) {
                try responder.push(piece.span, into: &answers) { told.append([$0, $1]) }
            } catch {
                return (answers, told, "\(error.code): \(error)")
            }
        }
        return (answers, told, responder.finish().map { "\($0.code): \($0)" })
    }

    @Test(arguments: [Int.max, 1, 5]) func `requests are answered in their order, pipelined ones too`(reads: Int) {
        let stream = Self.connect + Self.packet(2, "ABCDEFGH", "one") + Self.packet(2, "00000002")
        let result = Self.answers(to: stream, reads: reads)
        #expect(
            result.bytes == Self.ack(0x81, "conn0001", 0) + Self.ack(0x82, "ABCDEFGH", 0)
                + Self.ack(0x82, "00000002", 0))
        #expect(result.told == [[1, 0], [2, 3], [3, 0]])
        #expect(result.error == nil)
    }

    @Test(
        arguments: [
            (
                packet(2, "00000001"), ack(0x82, "00000001", 1),
                "packet 1: the command at byte 4, 0x02, is a submit before any connect"
            ),
            (
                connect + packet(0x7F, "00000002", "x") + packet(2, "00000003"),
                ack(0x81, "conn0001", 0) + ack(0x82, "00000002", 1),
                "packet 2: the command at byte 17, 0x7f, is unknown"
            ),
            (
                connect + packet(0x82, "00000002"), ack(0x81, "conn0001", 0) + ack(0x82, "00000002", 1),
                "packet 2: the command at byte 17, 0x82, is unknown"
            ),
            (
                connect + [0, 0, 0, 12, 2] + Array("1234567".utf8), ack(0x81, "conn0001", 0),
                "packet 2 at byte 13 has a length of 12, and no frame is shorter than 13 bytes"
            ),
            (
                connect + [0, 0, 0, 0], ack(0x81, "conn0001", 0),
                "packet 2 at byte 13 has a length of 0, and no frame is shorter than 13 bytes"
            ),
            (
                connect + packet(2, "00000002").dropLast(), ack(0x81, "conn0001", 0),
                "packet 2 at byte 13 was cut off by the end of the stream: 8 of 9 bytes"
            ),
        ] as [([UInt8], [UInt8], String)])
    func `what breaks the protocol is answered where it has an id, and ends it`(
        stream: [UInt8], answers: [UInt8], error: String
    ) {
        let result = Self.answers(to: stream)
        #expect(result.bytes == answers)
        #expect(result.error == "frame: " + error)
    }

    @Test func `a packet beyond the limit is answered by the id that came with its length`() {
        let long = [0, 0, 0, 101, 2] + Array("12345678".utf8)
        let result = Self.answers(to: Self.connect + long)
        #expect(result.bytes == Self.ack(0x81, "conn0001", 0) + Self.ack(0x82, "12345678", 1))
        #expect(result.error == "limit: packet 2 at byte 13 has a length of 101, beyond the limit of 100 bytes")
        #expect(Self.answers(to: [255, 255, 255, 255]).bytes.isEmpty)
        #expect(Self.answers(to: [255, 255, 255, 255]).error?.hasPrefix("limit: packet 1 at byte 0") == true)
    }

    @Test func `an id is eight characters, and numbers give eight digits`() {
        #expect(Packet.ID(0).text == "00000000" && Packet.ID(12_345_678).text == "12345678")
        #expect(Packet.ID(100_000_001) == Packet.ID(1))
        let bytes = Array("abcdefgh".utf8)
        #expect(Packet.ID(bytes.span, at: 0).text == "abcdefgh")
    }
}
