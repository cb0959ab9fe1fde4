import SockKit
import Testing

@testable import sockctl

@Suite struct SubmitLogTests {
    /// Answers a packet, all but its length given.
    private static func answer(_ log: inout SubmitLog, _ command: UInt8, _ number: Int, _ result: UInt8 = 0) -> String?
    {
        var packet: [UInt8] = []
        Packet.appendAck(command, Packet.ID(number), result: result, to: &packet)
        let body = Array(packet.dropFirst(4))
        do throws(FramingError) {
            _ = try log.answer(body.span, number + 1, at: .now)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `the window closes with what is sent and opens with the answers`() {
        var log = SubmitLog(window: 2)
        log.send(1)
        #expect(!log.isConnected)
        #expect(Self.answer(&log, 0x81, 0) == nil && log.isConnected && log.room == 2)
        log.send(2)
        #expect(log.room == 0 && log.unanswered == 2)
        #expect(Self.answer(&log, 0x82, 1) == nil && log.room == 1)
        #expect(Self.answer(&log, 0x82, 2, 1) == nil && log.failed == 1 && log.unanswered == 0)
        let names = ["submitted", "acknowledged", "failed", "round_trip", "rate"]
        #expect(log.measures.map(\.name) == names)
        #expect(log.measures[1].value == .count(2))
    }

    @Test func `an answer that is not the one due is an error that names it`() {
        var log = SubmitLog(window: 9)
        #expect(Self.answer(&log, 0x81, 0) == "packet 1 answers nothing that was sent")
        log.send(1)
        #expect(Self.answer(&log, 0x82, 0) == "packet 1 has the command 0x82 where 0x81 was due")
        #expect(Self.answer(&log, 0x81, 0) == nil)
        log.send(2)
        #expect(Self.answer(&log, 0x82, 2) == "packet 3 answers '00000002' where '00000001' was due")
    }

    @Test func `nothing submitted has nothing measured`() {
        #expect(SubmitLog(window: 1).measures.map(\.value) == [.count(0), .count(0), .count(0), .nothing, .nothing])
    }
}
