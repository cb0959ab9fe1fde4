import SockKit
import Synchronization
import Testing

@testable import sockctl

/// Who gets what is said, who is waited for, and what becomes of those who leave.
@Suite(.timeLimit(.minutes(5))) struct FanoutTests {
    private let told = ToldEvents()

    @Netpoller
    private func fanout(_ limits: Fanout.Limits = Fanout.Limits(), keepsMessages: Bool = false) -> Fanout {
        let settings = ReporterSettings(wording: told)
        let reporter = Reporter(settings, standardOutput: -1, standardError: -1)
        return Fanout(limits, keepsMessages: keepsMessages, reporter: reporter)
    }

    @Test func `nothing waits for a reader that is lost, however much is said after it`() async throws {
        try await onLoop {
            let fanout = fanout()
            let (lost, other) = (ToyReader(1), ToyReader(2))
            for reader in [lost, other] { fanout.add(reader) }
            fanout.tell("a")
            lost.isBroken = true
            for text in ["b", "c", "d"] { fanout.tell(text) }
            #expect(lost.isGone && fanout.waiting(lost) == 0)
            #expect(lost.pieces == ["a"] && other.pieces == ["a", "b", "c", "d"])
            #expect(fanout.remove(lost).isEmpty)
        }
    }

    @Test func `what waits for a reader that is given up is known, to the byte`() async throws {
        try await onLoop {
            let fanout = fanout()
            let reader = ToyReader(1)
            reader.room = 4
            fanout.add(reader)
            for text in ["one", "two", "three"] { fanout.tell(text) }
            await reader.abandon()
            #expect(reader.isGone && reader.untaken == 7)
        }
    }

    @Test func `messages stay apart for a reader that leaves before it has them`() async throws {
        try await onLoop {
            let fanout = fanout(keepsMessages: true)
            let reader = ToyReader(1)
            reader.room = 0
            fanout.add(reader)
            for text in ["one", "two", "three"] { fanout.tell(text) }
            let rest = fanout.remove(reader).map { String(decoding: $0.bytes[$0.range], as: UTF8.self) }
            #expect(rest == ["one", "two", "three"])
        }
    }

    @Test func `a stream goes on where it was for a reader that leaves`() async throws {
        try await onLoop {
            let fanout = fanout()
            let reader = ToyReader(1)
            reader.room = 4
            fanout.add(reader)
            for text in ["one", "two", "three"] { fanout.tell(text) }
            let rest = fanout.remove(reader).flatMap { $0.bytes[$0.range] }
            #expect(reader.pieces == ["one", "t"] && String(decoding: rest, as: UTF8.self) == "wothree")
        }
    }

    @Test func `what a reader has skipped is told also where it leaves before it has caught up`() async throws {
        try await onLoop {
            let fanout = fanout(Fanout.Limits(bound: 100, slow: .skip))
            let reader = ToyReader(1)
            reader.room = 0
            fanout.add(reader)
            // The first that is skipped is told at once, what follows within a second is not.
            for _ in 0..<100 { fanout.tell("ten bytes\n") }
            let left = fanout.remove(reader).reduce(0) { $0 + $1.range.count }
            #expect(told.skipped == 1000 - left)
        }
    }

    @Test func `the only reader left is waited for although another that was lost is still there`() async throws {
        try await onLoop {
            let fanout = fanout(Fanout.Limits(bound: 1000, waitsForLast: true))
            let (lost, slow) = (ToyReader(1), ToyReader(2))
            for reader in [lost, slow] { fanout.add(reader) }
            lost.isBroken = true
            slow.room = 0
            fanout.tell("a")
            #expect(lost.isGone && fanout.hold.isHeld)
            // It has taken nothing for long.
            slow.lastTaken = .past
            fanout.reviewHold()
            #expect(fanout.hold.isHeld)
            fanout.remove(slow)
            #expect(!fanout.hold.isHeld)
        }
    }

    @Test func `a wait for what is being written can be cancelled`() async throws {
        try await onLoop {
            let fanout = fanout()
            let reader = ToyReader(1)
            reader.room = nil
            fanout.add(reader)
            fanout.tell("never taken")
            await letOthersRun()
            #expect(reader.inFlight > 0)
            fanout.remove(reader)
            let waiting = Netpoller.spawn { await reader.finishWriting() }
            await letOthersRun()
            waiting.cancel()
            await waiting.value
        }
    }
}

/// One that takes what it has room for.
private final class ToyReader: FanoutReader {
    /// So many bytes; nil where a task has to write, which takes for ever.
    var room: Int? = .max
    var isBroken = false
    private(set) var pieces: [String] = []

    init(_ author: Int) { super.init(author: author) }

    override func writeNow(_ bytes: Span<UInt8>) throws(NetworkError) -> Int? {
        if isBroken { throw failure(.system(.brokenPipe, call: "write")) }
        guard let room else { return nil }
        let taken = min(room, bytes.count)
        self.room = room - taken
        if taken > 0 {
            pieces.append(String(decoding: Array(bytes.indices.prefix(taken).map { bytes[$0] }), as: UTF8.self))
        }
        return taken
    }

    override func restUntilWritable() -> Bool { true }

    override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        await Netpoller.sleep(until: nil)
        throw failure(.cancelled)
    }

    private func failure(_ cause: NetworkError.Cause) -> NetworkError {
        NetworkError(.write, network: .tcp, cause: cause)
    }
}

/// How much was said to be skipped.
private final class ToldEvents: Wording {
    private let count = Atomic<Int>(0)

    var skipped: Int { count.load(ordering: .relaxed) }

    func text(of event: any sockctl.Event, on terminal: Terminal) -> String? {
        if let event = event as? SlowEvent, event.action == .skip { count.add(event.bytes, ordering: .relaxed) }
        return nil
    }
}

extension Fanout {
    /// Has something said by nobody, and given out.
    fileprivate func tell(_ text: String) {
        say(0) { $0 += Array(text.utf8) }
        flush()
    }
}
