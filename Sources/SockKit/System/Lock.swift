#if VISIBLE_LOCKS
    private import Glibc

    /// A lock around a value, as a build for the thread sanitizer has it: that tool sees pthread_mutex_lock(3), and not the
    /// futex that `Mutex` is on Linux.
    // Invariant: the value is touched under the mutex only; neither pointer changes before the lock is gone.
    @safe package struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
        private let mutex: UnsafeMutablePointer<pthread_mutex_t>
        private let value: UnsafeMutablePointer<Value>

        package init(_ value: consuming sending Value) {
            unsafe mutex = .allocate(capacity: 1)
            _ = unsafe pthread_mutex_init(mutex, nil)
            unsafe self.value = .allocate(capacity: 1)
            unsafe self.value.initialize(to: value)
        }

        deinit {
            _ = unsafe pthread_mutex_destroy(mutex)
            unsafe mutex.deallocate()
            unsafe value.deinitialize(count: 1)
            unsafe value.deallocate()
        }

        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            _ = unsafe pthread_mutex_lock(mutex)
            defer { _ = unsafe pthread_mutex_unlock(mutex) }
            return try unsafe body(&value.pointee)
        }
    }
#else
    package import Synchronization

    /// A lock around a value.
    package typealias Lock = Mutex
#endif
