private import CLinux
private import Glibc

/// Threads, for the few things the kernel cannot do without blocking.
package enum ThreadCalls {
    /// A number for the calling thread, to tell threads apart.
    static var current: UInt {
        UInt(pthread_self())
    }

    /// The processor time that the calling thread has used, in user mode and in the kernel.
    static var processorTime: Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Runs `body` on a new detached thread with the given stack.
    ///
    /// The thread blocks every signal, so that they reach the loop.
    package static func start(stackSize: Int = 256 * 1024, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, stackSize)
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let box = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, &attributes,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            unsafe box.release()
            throw Errno(rawValue: result)
        }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// Wall-clock time.
public struct Timestamp: Sendable, Hashable, CustomStringConvertible {
    /// Since 1970-01-01 00:00 UTC.
    package let seconds: Int64
    package let nanoseconds: Int64

    /// The present moment.
    public static var now: Timestamp {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// A moment in nanoseconds since 1970.
    package init(since1970 total: Int64) {
        self.init(seconds: total / 1_000_000_000, nanoseconds: total % 1_000_000_000)
    }

    init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// In nanoseconds since 1970.
    package var total: Int64 { seconds * 1_000_000_000 + nanoseconds }

    /// Local time as `2006-01-02 15:04:05`.
    public var description: String {
        let time = unsafe fields(local: true)
        return unsafe "\(date(time, "-")) \(clock(time))"
    }

    /// RFC 3339 in UTC with microseconds: `2006-01-02T15:04:05.123456Z`.
    package var rfc3339: String {
        let time = unsafe fields(local: false)
        return unsafe "\(date(time, "-"))T\(clock(time)).\(Self.padded(nanoseconds / 1000, 6))Z"
    }

    /// Local time of day with microseconds: `15:04:05.123456`.
    package var timeOfDay: String {
        unsafe "\(clock(fields(local: true))).\(Self.padded(nanoseconds / 1000, 6))"
    }

    private func fields(local: Bool) -> tm {
        var moment = time_t(seconds)
        var result = unsafe tm()
        if local {
            _ = unsafe localtime_r(&moment, &result)
        } else {
            _ = unsafe gmtime_r(&moment, &result)
        }
        return unsafe result
    }

    private func date(_ time: tm, _ separator: String) -> String {
        let year = unsafe Self.padded(Int64(time.tm_year) + 1900, 4)
        return unsafe [year, Self.padded(Int64(time.tm_mon) + 1, 2), Self.padded(Int64(time.tm_mday), 2)]
            .joined(separator: separator)
    }

    private func clock(_ time: tm) -> String {
        unsafe "\(Self.padded(Int64(time.tm_hour), 2)):\(Self.padded(Int64(time.tm_min), 2)):\(Self.padded(Int64(time.tm_sec), 2))"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// What the process is and has.
package enum ProcessCalls {
    /// Raises the limit of open descriptors to what is allowed, and returns it.
    @discardableResult
    package static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(limit.rlim_cur)
    }

    /// Ends the process at once; nothing further runs.
    package static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }

    /// Sees to it that 0, 1 and 2 are open, so that no socket gets one of these numbers and is taken for a stream.
    ///
    /// One that was closed reads as ended and cannot be written.
    package static func prepareStandardDescriptors() {
        for number in Int32(0)...2 where !FileCalls.isOpen(number) {
            // open(2) gives the lowest number that is free, which is this one.
            _ = unsafe Glibc.open("/dev/null", O_RDONLY)
        }
    }

    package static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
