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
    /// The thread blocks every signal that others send, so that they reach the loop. One that it raises itself, blocked,
    /// would end the process before anybody could say where (sigprocmask(2)).
    package static func start(stackSize: Int = 256 * 1024, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, stackSize)
        var all = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&all)
        for own in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE] { unsafe sigdelset(&all, own) }
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
