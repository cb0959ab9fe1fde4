@testable import SockKit
import Synchronization
import Testing

/// The back end by itself: what the contract promises, and what it does where the kernel refuses.
@Suite(.timeLimit(.minutes(5))) struct EpollPollerTests {
    @Test func `a descriptor is announced when it becomes ready, and not again before it was not`() throws {
        let ends = try PipeEnds()
        let poller = Watched()
        #expect(try poller.add(ends.reader.rawValue))
        #expect(try poller.look().isEmpty)
        try send(ends, "x")
        let seen = try poller.look()
        #expect(seen.map(\.tag) == [Watched.tag] && seen.map(\.readiness) == [.readable])
        #expect(try poller.look().isEmpty)
        try poller.poller.remove(ends.reader.rawValue)
        try send(ends, "y")
        #expect(try poller.look().isEmpty)
    }

    @Test func `a pipe whose reader has gone has failed`() throws {
        let ends = try FileCalls.pipe()
        let writer = FileDescriptor(adopting: ends.writer)
        let poller = Watched()
        #expect(try poller.add(writer.rawValue))
        #expect(try poller.look().map(\.readiness) == [.writable])
        try FileDescriptor(adopting: ends.reader).close()
        #expect(try poller.look().map { $0.readiness.contains(.failed) } == [true])
    }

    @Test func `a regular file cannot be watched`() throws {
        let file = try FileCalls.open("/etc/passwd", for: .read)
        let poller = Watched()
        #expect(try poller.add(file.rawValue) == false)
    }

    @Test func `another thread ends a wait, or the next one`() throws {
        let poller = Watched()
        poller.poller.waker.wake()
        #expect(try poller.wait(until: nil).isEmpty)
        let waker = poller.poller.waker
        try ThreadCalls.start { waker.wake() }
        #expect(try poller.wait(until: nil).isEmpty)
    }

    @Test(arguments: [("epoll_create1", Errno.tooManyOpenFiles), ("eventfd2", .noMemory), ("epoll_ctl", .noSpace)])
    func `what it cannot have at the start is its failure`(call: String, error: Errno) {
        let faults = ThreadFaults.install(call, [error])
        defer { faults.remove() }
        let poller = EpollPoller()
        #expect(poller.failure == NetpollerFailure(call: call, errno: error))
    }

    @Test func `a wait that fails for want of memory says so`() throws {
        let poller = Watched()
        let faults = ThreadFaults.install("epoll_wait", [.noMemory])
        defer { faults.remove() }
        let failure = #expect(throws: NetpollerFailure.self) { try poller.look() }
        #expect(failure?.description == "epoll_wait: cannot allocate memory")
    }

    @Test func `an interrupted wait is one without events, a thousand in a row are an error`() throws {
        let poller = Watched()
        let faults = ThreadFaults.install("epoll_wait", [Errno](repeating: .interrupted, count: 999))
        for _ in 0..<999 { #expect(try poller.look().isEmpty) }
        #expect(try poller.look().isEmpty)
        faults.remove()
        let more = ThreadFaults.install("epoll_wait", [Errno](repeating: .interrupted, count: 1000))
        defer { more.remove() }
        for _ in 0..<999 { #expect(try poller.look().isEmpty) }
        #expect(throws: NetpollerFailure(call: "epoll_wait", errno: .interrupted)) { try poller.look() }
    }

    @Test func `without an alarm the waits' own limits keep the time`() throws {
        let poller = Watched()
        let faults = ThreadFaults.install("epoll_ctl", [.noSpace])
        defer { faults.remove() }
        // The second wait is another than the first: the alarm that could not be had is not set either.
        for _ in 0..<2 {
            let end = Deadline.now + .milliseconds(150)
            #expect(try poller.wait(until: end).isEmpty)
            #expect(end.hasPassed)
        }
    }

    private func send(_ ends: borrowing PipeEnds, _ text: String) throws {
        _ = try unsafe [UInt8](text.utf8).withUnsafeBytes { try unsafe TransferCalls.write(ends.writer.rawValue, $0) }
    }
}

/// A poller, and what it announces. A class, since expectations cannot lend what they look at.
private final class Watched {
    static let tag = PollTag(index: 3, generation: 7)

    var poller = EpollPoller()

    func add(_ descriptor: Int32) throws -> Bool { try poller.add(descriptor, Self.tag) }

    func look() throws -> [(tag: PollTag, readiness: Readiness)] { try wait(until: nil, mayWait: false) }

    func wait(until deadline: Deadline?, mayWait: Bool = true) throws -> [(tag: PollTag, readiness: Readiness)] {
        var seen: [(tag: PollTag, readiness: Readiness)] = []
        for index in 0..<(try poller.wait(until: deadline, mayWait: mayWait)) {
            if let event = poller.event(index) { seen.append(event) }
        }
        return seen
    }
}

/// Makes calls of one name fail, on the thread that installed it: what the poller calls has no descriptor known to a test.
private final class ThreadFaults: SystemCallObserver {
    private let call: String
    private let thread = ThreadCalls.current
    private let faults: Lock<[Errno]>

    private init(_ call: String, _ faults: [Errno]) {
        self.call = call
        self.faults = Lock(faults)
    }

    static func install(_ call: String, _ faults: [Errno]) -> ThreadFaults {
        let new = ThreadFaults(call, faults)
        SystemCall.watch(new)
        return new
    }

    func remove() {
        SystemCall.unwatch { ($0 as? ThreadFaults) === self }
    }

    func fault(for call: String, descriptor: Int32) -> Errno? {
        guard call == self.call, ThreadCalls.current == thread else { return nil }
        return faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
