/// The back end on Linux: an epoll instance, an eventfd that other threads wake it with, and an alarm.
struct EpollPoller: Poller, ~Copyable {
    struct Waker: PollerWaker {
        fileprivate let descriptor: Int32

        func wake() { PollCalls.wake(descriptor) }
    }

    let failure: NetpollerFailure?
    private let epoll: FileDescriptor
    private let wakeUp: FileDescriptor
    private let events = PollEvents(capacity: 512)
    private var alarm: Alarm
    private var interruptions = 0
    private var lastInterruption = Deadline.past
    /// How many events the last wait brought.
    private var brought = 0
    /// Whether to look for a while before a wait.
    var busyPolling = BusyPolling()

    private static let wakeUpTag = UInt64.max
    private static let mostInterruptions = 1000
    private static let few = 4

    init() {
        var failure: NetpollerFailure?
        epoll = Self.open("epoll_create1", &failure) { () throws(Errno) in try PollCalls.create() }
        wakeUp = Self.open("eventfd2", &failure) { () throws(Errno) in try PollCalls.makeWakeUp() }
        alarm = Alarm(epoll: epoll.rawValue)
        if failure == nil {
            // ENOSPC is the user's limit of watched descriptors. Without this one no other thread could be heard.
            do throws(Errno) {
                try PollCalls.add(wakeUp.rawValue, to: epoll.rawValue, [.read, .edge], tag: Self.wakeUpTag)
            } catch {
                failure = NetpollerFailure(call: "epoll_ctl", errno: error)
            }
        }
        self.failure = failure
    }

    private static func open(
        _ call: String, _ failure: inout NetpollerFailure?, _ make: () throws(Errno) -> FileDescriptor
    ) -> FileDescriptor {
        do throws(Errno) { return try make() } catch {
            failure = failure ?? NetpollerFailure(call: call, errno: error)
            return FileDescriptor(adopting: -1)
        }
    }

    var waker: Waker { Waker(descriptor: wakeUp.rawValue) }

    func add(_ descriptor: Int32, _ tag: PollTag) throws(Errno) -> Bool {
        do throws(Errno) {
            try PollCalls.add(
                descriptor, to: epoll.rawValue, [.read, .write, .peerEnd, .urgent, .edge], tag: tag.rawValue)
            return true
        } catch {
            // epoll_ctl(2): EPERM is what files and directories give.
            guard error == .notPermitted else { throw error }
            return false
        }
    }

    func remove(_ descriptor: Int32) throws(Errno) {
        try PollCalls.remove(descriptor, from: epoll.rawValue)
    }

    @inline(__always)
    mutating func wait(until deadline: Deadline?, mayWait: Bool) throws(NetpollerFailure) -> Int {
        var count = 0
        // Where the last wait brought many, sleeping a little gathers many again; looking would take them one by one.
        if mayWait, busyPolling.isOn, brought <= Self.few { count = try look(until: deadline) }
        if count == 0 { count = try sleep(until: deadline, mayWait: mayWait) }
        brought = count
        return count
    }

    @inline(__always)
    mutating func event(_ index: Int) -> (tag: PollTag, readiness: Readiness)? {
        let event = events[index]
        switch event.tag {
        case Self.wakeUpTag: PollCalls.drainWakeUp(wakeUp.rawValue)
        case Alarm.tag: alarm.wentOff()
        default: return (PollTag(rawValue: event.tag), Readiness(event.interest))
        }
        return nil
    }

    func mayHavePassed(_ moment: Deadline) -> Bool { alarm.mayHavePassed(moment) }

    @inline(__always)
    private mutating func sleep(until deadline: Deadline?, mayWait: Bool) throws(NetpollerFailure) -> Int {
        let limit = mayWait ? alarm.limit(until: deadline) : .zero
        guard mayWait, busyPolling.watchesSleeps else { return try takeEvents(timeout: limit) }
        let start = Deadline.now
        let count = try takeEvents(timeout: limit)
        busyPolling.note(sleep: (.now - start).wholeNanoseconds)
        return count
    }

    /// Looks again and again, without sleeping.
    @inline(never)
    private mutating func look(until deadline: Deadline?) throws(NetpollerFailure) -> Int {
        let count = try takeEvents(timeout: .zero)
        if count > 0 { return count }
        let end = min(Deadline.now + busyPolling.span, deadline ?? .never)
        while true {
            let count = try takeEvents(timeout: .zero)
            if count > 0 || end.hasPassed {
                busyPolling.note(hasPaid: count > 0)
                return count
            }
        }
    }

    /// An interruption by a signal counts as no event: the loop looks at its clock and comes back. Where each wait is
    /// interrupted as soon as it begins, nothing else would ever happen.
    private mutating func takeEvents(timeout: Duration?) throws(NetpollerFailure) -> Int {
        do throws(Errno) {
            let count = try events.wait(on: epoll.rawValue, timeout: timeout)
            interruptions = 0
            return count
        } catch {
            let now = Deadline.now
            interruptions = now > lastInterruption + .seconds(1) ? 1 : interruptions + 1
            lastInterruption = now
            guard error == .interrupted, interruptions < Self.mostInterruptions else {
                throw NetpollerFailure(call: "epoll_wait", errno: error)
            }
            return 0
        }
    }
}

/// The back end that the loop is compiled with.
typealias KernelPoller = EpollPoller

extension Readiness {
    @inline(__always)
    fileprivate init(_ interest: PollCalls.Interest) {
        var readiness: Readiness = []
        if interest.contains(.read) { readiness.insert(.readable) }
        if interest.contains(.write) { readiness.insert(.writable) }
        if interest.contains(.peerEnd) { readiness.insert(.peerEnded) }
        if interest.contains(.urgent) { readiness.insert(.urgent) }
        if !interest.isDisjoint(with: [.error, .hangUp]) { readiness.insert(.failed) }
        self = readiness
    }
}
