import SockKit
import Testing

@testable import sockctl

@Suite struct TrafficStatisticsTests {
    private static let source = Endpoint.ip(.v4Loopback, port: 3001)

    /// Takes datagrams with these numbers, all the same time on the way.
    private func statistics(_ numbers: [Int], transit: (Int) -> Int64 = { _ in 50 }) -> TrafficStatistics {
        var statistics = TrafficStatistics()
        for (turn, number) in numbers.enumerated() {
            let sent = 1_700_000_000_000_000_000 + Int64(turn) * 1_000_000
            _ = statistics.take(
                GeneratedPayload(sequence: number, sent: sent), bytes: 100, from: Self.source, at: sent + transit(turn))
        }
        return statistics
    }

    @Test(arguments: [
        ([0, 1, 2], [0, 0, 0]), ([0, 2], [1, 0, 0]), ([0, 2, 1], [0, 0, 1]), ([0, 1, 1], [0, 1, 0]),
        ([3, 4], [3, 0, 0]), ([0, 2, 1, 1], [0, 1, 1]), ([0, 1, 0], [0, 0, 0]),
    ])
    func `lost, duplicated and reordered follow from the numbers`(numbers: [Int], wanted: [Int]) {
        let told = statistics(numbers)
        #expect([told.holes, told.duplicated, told.reordered] == wanted)
    }

    @Test func `what the kernel dropped last leaves no hole, and is lost all the same`() {
        #expect(statistics([0, 1]).lost(dropped: 5) == 5)
        #expect(statistics([0, 9]).lost(dropped: 5) == 8)
        var mixed = statistics([0, 1])
        _ = mixed.take(nil, bytes: 1, from: Self.source, at: 0)
        #expect(mixed.lost(dropped: 5) == 0)
    }

    @Test func `jitter is a sixteenth of each change of the time on the way`() {
        #expect(statistics([0, 1, 2]).jitter == .zero)
        #expect(statistics([0, 1], transit: { $0 == 0 ? 0 : 1600 }).jitter == .nanoseconds(100))
        #expect(TrafficStatistics().jitter == nil)
    }

    @Test func `the rate is from the first arrival to the last`() {
        #expect(statistics([0, 1, 2]).rate == 150_000)
        #expect(statistics([0]).rate == nil)
    }

    @Test func `a generated payload is read back, and no other is taken for one`() {
        var bytes = [UInt8](repeating: 0, count: 20)
        let payload = GeneratedPayload(sequence: 77, sent: Timestamp.now.total)
        // Those of Unix sockets may be longer than any of IP.
        var long = [UInt8](repeating: 0, count: 200_000)
        unsafe long.withUnsafeMutableBytes { unsafe payload.write(to: $0) }
        #expect(long[16...].allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        unsafe bytes.withUnsafeMutableBytes { room in unsafe payload.write(to: room) }
        let read = GeneratedPayload(bytes.span)
        #expect(read == payload)
        #expect(bytes.suffix(4) == Array("abcd".utf8)[...])
        let text = Array("a line of text, long enough".utf8)
        let short = Array(bytes.prefix(15))
        let zeros = [UInt8](repeating: 0, count: 16)
        let others = [GeneratedPayload(text.span), GeneratedPayload(short.span), GeneratedPayload(zeros.span)]
        #expect(others == [nil, nil, nil])
    }

    @Test(
        arguments: [
            ("239.1.2.3", "239.1.2.3", nil, nil), ("232.1.2.3,192.0.2.1@eth0", "232.1.2.3", "192.0.2.1", "eth0"),
            ("ff15::1@2", "ff15::1", nil, "2"),
        ] as [(String, String, String?, String?)])
    func `a group is written with its source and interface`(
        text: String, group: String, source: String?, interface: String?
    ) throws {
        let type = ValueType<GroupMembership>.groupMembership
        let wanted = GroupMembership(group: group, source: source, interface: interface)
        #expect(try type.parse(text) == wanted)
        #expect(type.show(wanted) == text)
    }

    @Test(arguments: ["", "@lo", "239.1.2.3@", "239.1.2.3,", "a,b,c"])
    func `what is no group is refused`(text: String) {
        #expect(throws: UsageError.self) { try ValueType<GroupMembership>.groupMembership.parse(text) }
    }

    @Test func `numbers that nobody counts to are no trap`() {
        var (statistics, sent) = (TrafficStatistics(), Int64(1_700_000_000_000_000_000))
        for _ in 0..<33_000 {
            for number in [(1 << 48) - 1, 0] {
                sent += 1
                let payload = GeneratedPayload(sequence: number, sent: sent)
                _ = statistics.take(payload, bytes: 16, from: Self.source, at: sent)
            }
        }
        #expect(statistics.holes == .max)
    }

    @Test func `of sources without end only the first are told apart`() {
        var statistics = TrafficStatistics()
        for port in 1...UInt16.max {
            let payload = GeneratedPayload(sequence: 1, sent: 1_700_000_000_000_000_000)
            _ = statistics.take(payload, bytes: 16, from: .ip(.v4Loopback, port: port), at: 0)
        }
        #expect(statistics.received == 65_535)
        #expect(statistics.numbered == 1024 && statistics.holes == 1024)
    }
}
