import Testing

@testable import SockKit

@Suite struct ScanQueueTests {
    private func moment(_ nanoseconds: Int64) -> Deadline { Deadline(nanoseconds: nanoseconds) }

    @Test func `what was noted comes up in turn, each after the span`() {
        var queue = ScanQueue(.nanoseconds(100))
        for slot in 0..<3000 { queue.append(slot: slot, serial: UInt32(slot), from: moment(Int64(slot))) }
        #expect(queue.earliest == moment(100))
        #expect(queue.popExpired(at: moment(99)) == nil)
        for slot in 0..<3000 {
            let entry = queue.popExpired(at: moment(5000))
            #expect(entry?.slot == slot)
            #expect(entry?.serial == UInt32(slot))
        }
        #expect(queue.earliest == nil)
        #expect(queue.popExpired(at: moment(5000)) == nil)
    }

    @Test func `what is over does not count as the earliest`() {
        var queue = ScanQueue(.nanoseconds(100))
        for slot in 0..<5 { queue.append(slot: slot, serial: 0, from: moment(Int64(slot))) }
        queue.dropStale { slot, _ in slot < 3 }
        #expect(queue.earliest == moment(103))
        queue.dropStale { _, _ in true }
        #expect(queue.earliest == nil)
    }

    @Test func `without a span nothing ever comes up`() {
        var queue = ScanQueue(nil)
        queue.append(slot: 1, serial: 1, from: moment(0))
        #expect(queue.earliest == nil)
    }
}
