/// In place of the poller that the loop is compiled with: the kernel says what has become ready, and the seed in which
/// order, how late and with what else besides it is told.
struct SimulatedPoller: Poller, ~Copyable {
    struct Waker: PollerWaker {
        func wake() { found("a second thread came to the loop") }
    }

    let failure: NetpollerFailure? = nil
    let waker = Waker()
    var busyPolling = BusyPolling()

    private let epoll: FileDescriptor
    private let room = PollEvents(capacity: 64)
    /// What the kernel has said and nobody has been told yet.
    private var held: [Told] = []
    /// What this wait tells.
    private var batch: [Told] = []
    // Invariant: the loop's thread alone uses the poller; `add` of the contract does not change it.
    nonisolated(unsafe) private let tags = Tags()

    private typealias Told = (tag: PollTag, readiness: Readiness)

    init() {
        do throws(Errno) { epoll = try PollCalls.create() } catch { found("no epoll instance: \(error)") }
    }

    func add(_ descriptor: Int32, _ tag: PollTag) throws(Errno) -> Bool {
        try PollCalls.add(descriptor, to: epoll.rawValue, [.read, .write, .peerEnd, .urgent, .edge], tag: tag.rawValue)
        tags.note(tag)
        return true
    }

    func remove(_ descriptor: Int32) throws(Errno) { try PollCalls.remove(descriptor, from: epoll.rawValue) }

    func mayHavePassed(_ moment: Deadline) -> Bool { true }

    mutating func wait(until deadline: Deadline?, mayWait: Bool) throws(NetpollerFailure) -> Int {
        chance.step(mayWait ? 1 : 2)
        chance.pass(chance.below(5_000))
        collect()
        if mayWait { waitInTurn(until: deadline) }
        choose(mayWait)
        return batch.count
    }

    mutating func event(_ index: Int) -> (tag: PollTag, readiness: Readiness)? { batch[index] }

    /// Takes what the kernel has, and what it would have had if a short read had been its own: the rest, a moment later.
    private mutating func collect() {
        let count = (try? room.wait(on: epoll.rawValue, timeout: .zero)) ?? 0
        for index in 0..<count { held.append((PollTag(rawValue: room[index].tag), Readiness(room[index].interest))) }
        if gate.takeShortRead() { held += tags.recent.map { ($0, .readable) } }
    }

    /// Nobody has anything to do: the time leaps. If there is nothing that it could leap to, somebody waits for ever.
    private mutating func waitInTurn(until deadline: Deadline?) {
        if chance.oneIn(8) { return }
        if held.isEmpty || chance.oneIn(16) {
            guard let deadline else {
                if held.isEmpty { found("everybody waits, and nothing will happen: \(World.report)") }
                return
            }
            chance.leap(to: deadline.nanoseconds)
            if chance.oneIn(4) { chance.pass(chance.below(50_000)) }
        }
    }

    /// Some of what is held, in any order, and sometimes what nobody has said.
    private mutating func choose(_ mayWait: Bool) {
        batch.removeAll(keepingCapacity: true)
        var count = chance.oneIn(4) ? chance.below(held.count + 1) : held.count
        while count > 0 {
            batch.append(held.remove(at: chance.below(held.count)))
            count -= 1
        }
        if chance.oneIn(8), let tag = tags.anyRecent {
            batch.append((tag, chance.oneIn(2) ? .readable : .writable))
        }
        // Of a descriptor that is gone, and whose place another may have: anything can be said.
        if chance.oneIn(8), let tag = tags.anyPast { batch.append((tag, [.readable, .writable, .failed, .peerEnded])) }
    }

    /// The names of descriptors that were added.
    private final class Tags {
        private(set) var recent: [PollTag] = []
        private var past: [PollTag] = []

        func note(_ tag: PollTag) {
            if let index = recent.firstIndex(where: { $0.index == tag.index }) {
                past.append(recent[index])
                if past.count > 32 { past.removeFirst() }
                recent[index] = tag
            } else {
                recent.append(tag)
            }
        }

        var anyRecent: PollTag? { recent.isEmpty ? nil : chance.pick(recent) }
        var anyPast: PollTag? { past.isEmpty ? nil : chance.pick(past) }
    }
}

/// The back end that the simulation's loop is compiled with.
typealias KernelPoller = SimulatedPoller

extension Readiness {
    fileprivate init(_ interest: PollCalls.Interest) {
        let pairs: [(PollCalls.Interest, Readiness)] = [
            (.read, .readable), (.write, .writable), (.peerEnd, .peerEnded), (.urgent, .urgent), (.error, .failed),
            (.hangUp, .failed),
        ]
        self = pairs.reduce(into: []) { if interest.contains($1.0) { $0.insert($1.1) } }
    }
}
