private import CLinux
private import Glibc

/// The calls of the one loop: epoll(7), eventfd(2) and timerfd_create(2).
enum PollCalls {
    struct Interest: OptionSet, Sendable {
        let rawValue: UInt32

        static let read = Interest(rawValue: EPOLLIN.rawValue)
        static let write = Interest(rawValue: EPOLLOUT.rawValue)
        static let peerEnd = Interest(rawValue: EPOLLRDHUP.rawValue)
        static let error = Interest(rawValue: EPOLLERR.rawValue)
        static let hangUp = Interest(rawValue: EPOLLHUP.rawValue)
        static let urgent = Interest(rawValue: EPOLLPRI.rawValue)
        static let edge = Interest(rawValue: EPOLLET.rawValue)
    }

    static func create() throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("epoll_create1", on: -1, arguments: "EPOLL_CLOEXEC") {
            Int(epoll_create1(Int32(EPOLL_CLOEXEC)))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    static func add(_ descriptor: Int32, to epoll: Int32, _ interest: Interest, tag: UInt64) throws(Errno) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = tag
        _ = try SystemCall.perform(
            "epoll_ctl", on: descriptor, arguments: "\(epoll), EPOLL_CTL_ADD, \(descriptor), \(interest)"
        ) {
            unsafe Int(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event))
        }
    }

    static func change(_ descriptor: Int32, in epoll: Int32, _ interest: Interest, tag: UInt64) throws(Errno) {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = tag
        _ = try SystemCall.perform(
            "epoll_ctl", on: descriptor, arguments: "\(epoll), EPOLL_CTL_MOD, \(descriptor), \(interest)"
        ) {
            unsafe Int(epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event))
        }
    }

    static func remove(_ descriptor: Int32, from epoll: Int32) throws(Errno) {
        var unused = unsafe epoll_event()
        _ = try SystemCall.perform("epoll_ctl", on: descriptor, arguments: "\(epoll), EPOLL_CTL_DEL, \(descriptor)") {
            unsafe Int(epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &unused))
        }
    }

    /// The counter that other threads write to wake the loop.
    static func makeWakeUp() throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("eventfd2", on: -1, arguments: "0, EFD_NONBLOCK|EFD_CLOEXEC") {
            Int(eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Adds one to a wake-up counter. It can only fail when the counter is full, and then the loop is awake anyway.
    static func wake(_ descriptor: Int32) {
        _ = try? SystemCall.perform("write", on: descriptor, arguments: "\(descriptor), eventfd") {
            Int(eventfd_write(descriptor, 1))
        }
    }

    static func makeTimer() throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform(
            "timerfd_create", on: -1, arguments: "CLOCK_MONOTONIC, TFD_NONBLOCK|TFD_CLOEXEC"
        ) {
            Int(timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC)))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Has a timer go off once, at that moment, instead of whenever it would have.
    static func setTimer(_ descriptor: Int32, to moment: Deadline) throws(Errno) {
        // A moment of zero would stop the timer.
        let nanoseconds = Int(max(1, moment.nanoseconds))
        var setting = itimerspec()
        setting.it_value.tv_sec = nanoseconds / 1_000_000_000
        setting.it_value.tv_nsec = nanoseconds % 1_000_000_000
        _ = try SystemCall.perform(
            "timerfd_settime", on: descriptor, arguments: "\(descriptor), TFD_TIMER_ABSTIME, \(moment.nanoseconds) ns"
        ) {
            unsafe Int(timerfd_settime(descriptor, Int32(SK_TFD_TIMER_ABSTIME), &setting, nil))
        }
    }

    static func drainWakeUp(_ descriptor: Int32) {
        var count: eventfd_t = 0
        _ = try? SystemCall.perform("read", on: descriptor, arguments: "\(descriptor), eventfd") {
            unsafe Int(eventfd_read(descriptor, &count))
        }
    }
}

extension PollCalls.Interest: CustomStringConvertible {
    var description: String {
        let names: [(PollCalls.Interest, String)] = [
            (.read, "EPOLLIN"), (.write, "EPOLLOUT"), (.peerEnd, "EPOLLRDHUP"), (.error, "EPOLLERR"),
            (.hangUp, "EPOLLHUP"), (.urgent, "EPOLLPRI"), (.edge, "EPOLLET"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: "|")
    }
}

/// Room for the events of one wait, used again for each.
@safe struct PollEvents: ~Copyable {
    private let room: UnsafeMutableBufferPointer<epoll_event>

    init(capacity: Int) {
        unsafe room = .allocate(capacity: capacity)
        unsafe room.initialize(repeating: epoll_event())
    }

    deinit {
        unsafe room.deallocate()
    }

    /// The most events of one wait.
    var capacity: Int { unsafe room.count }

    subscript(index: Int) -> (interest: PollCalls.Interest, tag: UInt64) {
        let event = unsafe room[index]
        return unsafe (PollCalls.Interest(rawValue: event.events), event.data.u64)
    }

    /// Waits for events, at most until `timeout`; nil waits for ever. Returns how many came, 0 at the timeout.
    ///
    /// EINTR, an interruption by a signal, is an error like any other here, for the wait's time has gone on, unless the
    /// caller has nothing else to look at: a process that is stopped and goes on has every wait interrupted, signal(7).
    func wait(on epoll: Int32, timeout: Duration?, retryingInterrupts: Bool = false) throws(Errno) -> Int {
        try SystemCall.perform(
            "epoll_wait", on: epoll, retryingInterrupts: retryingInterrupts,
            arguments: "\(epoll), \(Self.text(timeout))"
        ) {
            guard let timeout else { return unsafe Int(epoll_wait(epoll, room.baseAddress, Int32(room.count), -1)) }
            if timeout <= .zero { return unsafe Int(epoll_wait(epoll, room.baseAddress, Int32(room.count), 0)) }
            var span = timespec()
            (span.tv_sec, span.tv_nsec) = timeout.parts
            let result = unsafe epoll_pwait2(epoll, room.baseAddress, Int32(room.count), &span, nil)
            // ENOSYS before Linux 5.11, EPERM from a container that knows only the older calls.
            guard result < 0, errno == ENOSYS || errno == EPERM else { return Int(result) }
            // Milliseconds, rounded up so that a short wait never becomes a busy loop.
            return unsafe Int(epoll_wait(epoll, room.baseAddress, Int32(room.count), timeout.millisecondsRoundedUp))
        }
    }
}

extension PollEvents {
    fileprivate static func text(_ timeout: Duration?) -> String {
        timeout.map { "\($0.millisecondsRoundedUp) ms" } ?? "no timeout"
    }
}

extension Duration {
    fileprivate var parts: (Int, Int) {
        let whole = wholeNanoseconds
        return (Int(whole / 1_000_000_000), Int(whole % 1_000_000_000))
    }

    fileprivate var millisecondsRoundedUp: Int32 {
        Int32(clamping: (wholeNanoseconds + 999_999) / 1_000_000)
    }
}
