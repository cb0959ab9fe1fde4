@testable import SockKit
import Testing

@Suite struct DeadlineHeapTests {
    private func moment(_ number: Int64) -> Deadline { Deadline(nanoseconds: number) }

    @Test func `targets come out in the order of their deadlines, whatever the order they came in`() {
        var generator = SeededGenerator(seed: 11)
        for count in [0, 1, 2, 3, 10, 257] {
            var heap = DeadlineHeap()
            let times = (0..<count).map { _ in Int64.random(in: 0..<100, using: &generator) }
            for (index, time) in times.enumerated() { heap.insert(moment(time), .parked(UInt64(index))) }
            #expect(heap.count == count && heap.earliest == times.min().map(moment))
            var seen: [Int64] = []
            while let target = heap.popExpired(at: moment(100)) {
                guard case .parked(let index) = target else { break }
                seen.append(times[Int(index)])
            }
            #expect(seen == times.sorted() && heap.count == 0 && heap.earliest == nil)
        }
    }

    @Test func `only what is not after the moment comes out`() {
        var heap = DeadlineHeap()
        for time in [30, 10, 20] as [Int64] { heap.insert(moment(time), .parked(UInt64(time))) }
        #expect(heap.popExpired(at: moment(9)) == nil)
        #expect(heap.popExpired(at: moment(20)) == .parked(10))
        #expect(heap.popExpired(at: moment(20)) == .parked(20))
        #expect(heap.popExpired(at: moment(20)) == nil)
        #expect(heap.earliest == moment(30))
    }

    @Test func `stale targets are forgotten and the others keep their order`() {
        var heap = DeadlineHeap()
        for time in (0..<100).reversed() as ReversedCollection<Range<Int64>> {
            heap.insert(moment(time), .parked(UInt64(time)))
        }
        heap.keepEarliest { if case .parked(let ticket) = $0 { ticket % 3 == 0 } else { true } }
        #expect(heap.count == 34)
        var seen: [DeadlineTarget] = []
        while let target = heap.popExpired(at: moment(1000)) { seen.append(target) }
        #expect(seen == stride(from: 0, to: 100, by: 3).map { .parked($0) })
    }

    @Test func `of several entries of one target the earliest is kept, whatever the order they came in`() {
        var heap = DeadlineHeap()
        for time in [50, 20, 90, 20, 70] as [Int64] {
            heap.insert(moment(time), .parked(1))
            heap.insert(moment(time + 1), .slot(PollTag(index: 0, generation: 1), .read))
        }
        heap.keepEarliest { _ in true }
        #expect(heap.count == 2 && heap.earliest == moment(20))
        #expect(heap.popExpired(at: moment(20)) == .parked(1))
        #expect(heap.earliest == moment(21))
    }

    @Test func `a tag survives being packed into an event`() {
        for tag in [
            PollTag(index: 0, generation: 1), PollTag(index: 7, generation: .max),
            PollTag(index: .max - 1, generation: 0),
        ] {
            #expect(PollTag(rawValue: tag.rawValue) == tag)
        }
    }
}
