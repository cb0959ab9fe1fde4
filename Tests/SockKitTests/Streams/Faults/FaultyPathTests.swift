import Testing

@testable import SockKit

/// One way of datagrams that is spoiled.
@Suite(.timeLimit(.minutes(2))) struct FaultyPathTests {
    @Netpoller
    private final class Way {
        private(set) var payloads: [[UInt8]] = []
        private(set) var deeds: [FaultyPath.Deed] = []
        private(set) var times: [Deadline] = []
        private(set) var flushes = 0
        private let bell = Parking()
        private var path: FaultyPath?

        init(
            seed: UInt64 = 1, _ datagrams: (inout DatagramFaults) -> Void = { _ in },
            stream: (inout StreamFaults) -> Void = { _ in }
        ) {
            let path = FaultyPath { [unowned self] in
                payloads.append($0.copied)
                times.append(.now)
            } flush: { [unowned self] in
                flushes += 1
                bell.wake()
            }
            path.onDeed = { [unowned self] in self.deeds.append($0) }
            self.path = path
            apply(seed: seed, datagrams, stream: stream)
        }

        func apply(
            seed: UInt64 = 1, _ datagrams: (inout DatagramFaults) -> Void = { _ in },
            stream: (inout StreamFaults) -> Void = { _ in }
        ) {
            var (ofStream, ofDatagrams) = (StreamFaults(), DatagramFaults())
            stream(&ofStream)
            datagrams(&ofDatagrams)
            path?.apply([(id: 7, stream: ofStream, datagrams: ofDatagrams, seed: seed)])
        }

        var given: [String] { payloads.map { String(decoding: $0, as: UTF8.self) } }

        func take(_ datagrams: String...) {
            for datagram in datagrams { path?.take(Array(datagram.utf8).span) }
        }

        func takeMany(_ count: Int) {
            for index in 0..<count { take("\(index)") }
        }

        /// Waits until so many were given.
        func wait(for count: Int) async throws {
            let end = Deadline.now + patience
            while payloads.count < count {
                try #require(
                    await bell.wait(until: end) != .deadline, "only \(payloads.count) of \(count) datagrams came")
            }
        }

        @discardableResult
        func end() -> Int { path?.end() ?? 0 }
    }

    @Test func `without faults a datagram is given before the call returns`() async throws {
        try await onLoop {
            let way = Way()
            defer { way.end() }
            way.take("a", "", "b")
            #expect(way.given == ["a", "", "b"] && way.deeds.isEmpty && way.flushes == 0)
        }
    }

    @Test func `what is lost is never given, and as many are as the chance says`() async throws {
        try await onLoop {
            let way = Way { $0.loss = 0.1 }
            defer { way.end() }
            way.takeMany(10_000)
            // Six deviations of a binomial distribution.
            #expect((8820...9180).contains(way.given.count), "\(way.given.count)")
            #expect(way.deeds == Array(repeating: .lost(7), count: 10_000 - way.given.count))
            #expect(way.given == way.given.sorted { Int($0) ?? 0 < Int($1) ?? 0 })
        }
    }

    @Test func `the same seed has the same lost, whatever other faults there are`() async throws {
        try await onLoop {
            @Netpoller func lost(seed: UInt64, _ other: (inout DatagramFaults) -> Void = { _ in }) -> Set<String> {
                let way = Way(seed: seed) {
                    $0.loss = 0.3
                    other(&$0)
                }
                way.takeMany(300)
                way.end()
                return Set((0..<300).map(String.init)).subtracting(way.given)
            }
            let first = lost(seed: 5)
            #expect(lost(seed: 5) == first)
            #expect(lost(seed: 5) { $0.duplication = 0.5 } == first)
            #expect(lost(seed: 6) != first)
        }
    }

    @Test func `a doubled one is given twice`() async throws {
        try await onLoop {
            let way = Way { $0.duplication = 1 }
            defer { way.end() }
            way.take("a", "b")
            #expect(way.given == ["a", "a", "b", "b"] && way.deeds == [.doubled(7), .doubled(7)])
        }
    }

    @Test func `an overtaken one goes after the next, or by itself when none comes`() async throws {
        try await onLoop {
            let way = Way { $0.reordering = 1 }
            defer { way.end() }
            way.take("1", "2", "3", "4")
            #expect(way.given == ["2", "1", "4", "3"] && way.deeds == [.overtaken(7), .overtaken(7)])
            let start = Deadline.now
            way.take("5")
            try await way.wait(for: 5)
            #expect(way.given.last == "5" && .now - start >= FaultyPath.patience)
            // It was not overtaken.
            #expect(way.deeds.count == 2)
        }
    }

    @Test func `a latency delays each by as much, and keeps the order`() async throws {
        try await onLoop {
            let way = Way(stream: { $0.latency = .milliseconds(100) })
            defer { way.end() }
            let start = Deadline.now
            way.takeMany(50)
            #expect(way.given.isEmpty)
            try await way.wait(for: 50)
            #expect(way.given == (0..<50).map(String.init) && .now - start >= .milliseconds(100))
        }
    }

    @Test func `with a jitter nothing overtakes`() async throws {
        try await onLoop {
            let way = Way(stream: {
                $0.latency = .milliseconds(20)
                $0.jitter = StreamFaults.Jitter(.milliseconds(20))
            })
            defer { way.end() }
            way.takeMany(100)
            try await way.wait(for: 100)
            #expect(way.given == (0..<100).map(String.init))
        }
    }

    @Test func `a rate spaces them out, and what is more than a second's worth is dropped`() async throws {
        try await onLoop {
            let way = Way(stream: { $0.rate = 1000 })
            defer { way.end() }
            let start = Deadline.now
            for _ in 0..<15 { way.take(String(repeating: "x", count: 100)) }
            // One goes at once, and ten wait.
            #expect(way.given.count == 1 && way.deeds == Array(repeating: .crowdedOut, count: 4))
            try await way.wait(for: 6)
            #expect(.now - start >= .milliseconds(490))
            #expect(way.end() == 11 - way.given.count)
        }
    }

    @Test func `what a jitter keeps back is no backlog of the rate`() async throws {
        try await onLoop {
            let way = Way(stream: {
                $0.latency = .milliseconds(300)
                $0.rate = 1000
            })
            defer { way.end() }
            // Each by itself is far below the rate, all together are more than a second of it.
            way.take(String(repeating: "x", count: 900))
            way.apply(stream: { $0.rate = 1000 })
            way.take(String(repeating: "y", count: 300))
            #expect(way.deeds.isEmpty)
            // It would have to wait longer than a second after the one before it.
            way.take(String(repeating: "z", count: 300))
            #expect(way.deeds == [.crowdedOut])
        }
    }

    @Test func `one that is lost is not told to be anything else`() async throws {
        try await onLoop {
            let way = Way {
                $0.loss = 1
                $0.duplication = 1
                $0.reordering = 1
            }
            defer { way.end() }
            way.take("a")
            #expect(way.given.isEmpty && way.deeds == [.lost(7)])
        }
    }

    @Test func `a spoiled byte has one bit changed, and as many are spoiled as the chance says`() async throws {
        try await onLoop {
            let way = Way(stream: { $0.corruption = 0.01 })
            defer { way.end() }
            let original = String(repeating: "@", count: 1000)
            for _ in 0..<20 { way.take(original) }
            let spoilt = way.payloads.joined().filter { $0 != UInt8(ascii: "@") }
            #expect((115...285).contains(spoilt.count), "\(spoilt.count)")
            #expect(spoilt.allSatisfy { ($0 ^ UInt8(ascii: "@")).nonzeroBitCount == 1 })
            #expect(way.payloads.map(\.count) == Array(repeating: 1000, count: 20))
            #expect(!way.deeds.isEmpty && way.deeds.allSatisfy { $0 == .corrupted(7) })
        }
    }

    @Test func `a fault that is taken away keeps the times of what is under way`() async throws {
        try await onLoop {
            let way = Way(stream: { $0.latency = .milliseconds(80) })
            defer { way.end() }
            let start = Deadline.now
            way.take("slow")
            way.apply()
            way.take("behind it")
            try await way.wait(for: 2)
            #expect(way.given == ["slow", "behind it"] && .now - start >= .milliseconds(80))
            way.take("at once")
            #expect(way.given.last == "at once")
        }
    }
}
