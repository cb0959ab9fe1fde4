import Testing

@testable import SockKit

/// Captures that other programs made.
@Suite struct CaptureTests {
    /// A classic capture with Ethernet frames, in a byte order.
    private struct Capture {
        var bytes: [UInt8] = []
        private var seconds: UInt32 = 1000

        init(link: UInt32 = 1) {
            for number: UInt32 in [0xa1b2_c3d4, 0x0002_0004, 0, 0, 262_144, link] { bytes.append(littleEndian: number) }
        }

        mutating func add(_ packet: [UInt8], original: Int? = nil) {
            seconds += 1
            bytes.append(littleEndian: seconds)
            bytes.append(littleEndian: UInt32(500_000))
            bytes.append(littleEndian: UInt32(packet.count))
            bytes.append(littleEndian: UInt32(original ?? packet.count))
            bytes += packet
        }
    }

    private enum Side { case client, server }

    private func ethernet(_ packet: [UInt8], tags: Int = 0, padding: Int = 0) -> [UInt8] {
        var frame = [UInt8](repeating: 2, count: 12)
        for _ in 0..<tags { frame += [0x81, 0, 0, 5] }
        frame += packet[0] >> 4 == 4 ? [0x08, 0x00] : [0x86, 0xdd]
        return frame + packet + [UInt8](repeating: 0, count: padding)
    }

    private func segment(_ side: Side, _ flags: UInt8, _ sequence: UInt32, _ text: String = "") -> [UInt8] {
        var tcp: [UInt8] = []
        for port: UInt16 in side == .client ? [4000, 80] : [80, 4000] { tcp.append(bigEndian: port) }
        tcp.append(bigEndian: sequence)
        tcp.append(bigEndian: UInt32(0))
        tcp += [0x50, flags, 0xff, 0xff, 0, 0, 0, 0] + Array(text.utf8)
        var packet: [UInt8] = [0x45, 0]
        packet.append(bigEndian: UInt16(20 + tcp.count))
        packet += [0, 0, 0x40, 0, 64, 6, 0, 0]
        for address: UInt32 in side == .client ? [0x0a00_0001, 0x0a00_0002] : [0x0a00_0002, 0x0a00_0001] {
            packet.append(bigEndian: address)
        }
        return packet + tcp
    }

    private static let (fin, syn, reset, push, acknowledge): (UInt8, UInt8, UInt8, UInt8, UInt8) = (1, 2, 4, 8, 16)

    private func story(_ packets: [[UInt8]]) throws -> [String] {
        var capture = Capture()
        for packet in packets { capture.add(ethernet(packet)) }
        return try Recording(capture.bytes, by: 33).story
    }

    private func handshake(_ client: UInt32 = 100, _ server: UInt32 = 500) -> [[UInt8]] {
        [
            segment(.client, Self.syn, client), segment(.server, Self.syn | Self.acknowledge, server),
            segment(.client, Self.acknowledge, client &+ 1),
        ]
    }

    @Test func `bytes come in order and once, whatever was lost and sent again`() throws {
        let data = Self.push | Self.acknowledge
        #expect(
            try story(
                handshake() + [
                    segment(.client, data, 105, "567"), segment(.client, data, 101, "1234"),
                    segment(.client, data, 101, "1234"), segment(.client, data, 103, "34567"),
                    segment(.client, data, 106, "6789"), segment(.server, Self.fin | data, 501, "ok"),
                    segment(.server, Self.fin | data, 501, "ok"), segment(.client, Self.fin | Self.acknowledge, 110),
                ])
                == ["1 10.0.0.1:4000 10.0.0.2:80: >1234 >567 >89 <ok <end >end"])
    }

    @Test func `numbers begin anew after the last`() throws {
        let data = Self.push | Self.acknowledge
        let start = UInt32.max - 2
        #expect(
            try story(
                handshake(start) + [
                    segment(.client, data, start &+ 1, "abcd"), segment(.client, data, start &+ 5, "ef"),
                    segment(.client, Self.reset, start &+ 7),
                ]) == ["1 10.0.0.1:4000 10.0.0.2:80: >abcd >ef >reset"])
    }

    @Test func `a second connection of the same ends is another one, and a repeated first segment none`() throws {
        let data = Self.push | Self.acknowledge
        #expect(
            try story(
                handshake()[..<1] + handshake() + [segment(.client, data, 101, "one")] + handshake(9000, 7000) + [
                    segment(.server, data, 7001, "two")
                ])
                == ["1 10.0.0.1:4000 10.0.0.2:80: >one", "2 10.0.0.1:4000 10.0.0.2:80: <two"])
    }

    @Test func `a first segment that comes again after bytes is the same connection's`() throws {
        let data = Self.push | Self.acknowledge
        #expect(
            try story(
                handshake() + [segment(.client, data, 101, "one"), segment(.server, data, 501, "two")] + [
                    segment(.client, Self.syn, 100), segment(.server, Self.syn | Self.acknowledge, 500),
                    segment(.client, data, 104, "three"),
                ]) == ["1 10.0.0.1:4000 10.0.0.2:80: >one <two >three"])
    }

    @Test func `bytes of a first segment count, though it is sent again before and after an answer`() throws {
        let data = Self.push | Self.acknowledge
        #expect(
            try story([
                segment(.client, Self.syn, 100, "early"), segment(.client, Self.syn, 100, "early"),
                segment(.server, Self.syn | Self.acknowledge, 500), segment(.server, data, 501, "answer"),
                segment(.client, Self.syn, 100), segment(.client, data, 101, "early"),
                segment(.client, data, 106, "late"),
            ]) == ["1 10.0.0.1:4000 10.0.0.2:80: >early <answer >late"])
    }

    @Test func `a first segment after the end is another connection's, though its number is the same`() throws {
        let data = Self.push | Self.acknowledge
        for end in [
            [segment(.client, Self.reset, 104)],
            [
                segment(.client, Self.fin | Self.acknowledge, 104), segment(.server, Self.fin | Self.acknowledge, 501),
            ],
        ] {
            let first = handshake() + [segment(.client, data, 101, "one")] + end
            let stories = try story(first + handshake() + [segment(.client, data, 101, "two")])
            #expect(stories.count == 2 && stories.last == "2 10.0.0.1:4000 10.0.0.2:80: >two", "\(stories)")
        }
    }

    @Test func `connections of the same ends whose end is not there are read, however many`() throws {
        let packets = (UInt32(0)..<100).flatMap { handshake(100 + $0 * 1000, 500 + $0 * 1000) }
        #expect(try story(packets).count == 100)
        // Those that nobody answers are attempts, of which the last one counts.
        let attempts = (UInt32(0)..<100).map { segment(.client, Self.syn, 100 + $0 * 1000) }
        #expect(try story(attempts).count == 100)
    }

    @Test func `what began before the capture is left out, and nothing else there is an error`() throws {
        let data = Self.push | Self.acknowledge
        do throws(MessageError) {
            var capture = Capture()
            capture.add(ethernet(segment(.client, data, 101, "x")))
            _ = try Recording(capture.bytes)
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains("of none of its connections the beginning is there"))
        }
    }

    @Test func `bytes that are missing are an error`() throws {
        let data = Self.push | Self.acknowledge
        do {
            _ = try story(handshake() + [segment(.client, data, 103, "34")])
            Issue.record("it was read")
        } catch {
            #expect("\(error)".contains("connection 1: bytes are missing that others follow"))
        }
    }

    @Test func `a packet that was cut off when it was captured is an error`() throws {
        var capture = Capture()
        let packet = ethernet(segment(.client, Self.syn, 1))
        capture.add(packet, original: packet.count + 1)
        do throws(MessageError) {
            _ = try Recording(capture.bytes)
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains("packet 1: it was cut off when it was captured"))
        }
    }

    @Test func `padding, tags of virtual networks and Linux's own header are passed over`() throws {
        let data = Self.push | Self.acknowledge
        var capture = Capture()
        for packet in handshake() { capture.add(ethernet(packet, tags: 2, padding: 6)) }
        capture.add(ethernet(segment(.client, data, 101, "x"), padding: 17))
        capture.add(ethernet([0x60] + [UInt8](repeating: 0, count: 39)))
        capture.add([1, 2, 3])
        #expect(try Recording(capture.bytes).story == ["1 10.0.0.1:4000 10.0.0.2:80: >x"])
        for (link, header): (UInt32, [UInt8]) in [
            (101, []), (113, [UInt8](repeating: 0, count: 14) + [8, 0]),
            (276, [8, 0] + [UInt8](repeating: 0, count: 18)),
        ] {
            var capture = Capture(link: link)
            for packet in handshake() + [segment(.client, data, 101, "x")] { capture.add(header + packet) }
            #expect(try Recording(capture.bytes).story == ["1 10.0.0.1:4000 10.0.0.2:80: >x"])
        }
        let text = #expect(throws: MessageError.self) { try Recording(Capture(link: 105).bytes) }
        #expect(text?.description.contains("link type 105") ?? false)
    }

    private static let clocks: [(UInt8, UInt64, Int64)] = [
        (6, 1_000_000, 1_000_000_000), (9, 1_000_000, 1_000_000), (3, 1000, 1_000_000_000),
        (0x8a, 1024, 1_000_000_000), (12, 1_000_000_000_000, 1_000_000_000), (0, 1, 1_000_000_000),
    ]

    @Test(arguments: clocks)
    func `a clock's units are what the interface says`(resolution: UInt8, time: UInt64, nanoseconds: Int64) throws {
        let clock = try #require(CaptureClock(resolution: resolution))
        #expect(clock.nanoseconds(time, offset: 0) == nanoseconds)
        #expect(clock.nanoseconds(time, offset: 2) == nanoseconds + 2_000_000_000)
        #expect(clock.nanoseconds(time, offset: .max) == nil)
        #expect(CaptureClock.decimal(0).nanoseconds(.max, offset: 0) == nil)
    }

    @Test func `blocks that say nothing to us are passed over, and broken ones refused`() throws {
        var scene = RecordScene(.pcapng)
        let preamble = scene.bytes.count
        var track = scene.open()
        scene.append("x", .up, &track)
        var other: [UInt8] = []
        for number: UInt32 in [5, 1 << 20, 0] { other.append(littleEndian: number) }
        other += [UInt8](repeating: 7, count: (1 << 20) - 12)
        let bytes = Array(scene.bytes[..<preamble]) + other + Array(scene.bytes[preamble...])
        #expect(try Recording(bytes, by: 4099).story == scene.read().story)
        for (place, value, words): (Int, UInt8, String) in [
            (preamble + 4, 13, "its length is"), (preamble + 8, 9, "interface 9 was never described"),
            (8, 0, "does not say in which byte order"), (12, 2, "it is of version 2"),
            (preamble + 20, 0xff, "its packet is longer than it is"), (4, 24, "two lengths differ"),
        ] {
            var bytes = scene.bytes
            bytes[place] = value
            let error = #expect(throws: MessageError.self) { try Recording(bytes) }
            #expect(error?.description.contains(words) ?? false, "\(words): \(String(describing: error))")
        }
    }
}
