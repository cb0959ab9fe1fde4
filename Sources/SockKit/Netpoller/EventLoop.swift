internal import Synchronization

/// The one loop: the kernel's poller, a heap of deadlines, and the queue of jobs that Swift's tasks are made of.
///
/// It is both the serial executor of `@Netpoller` and the executor that tasks prefer, so that a resumed task runs on
/// this thread without passing through any other. Jobs run between two waits for events.
final class EventLoop: SerialExecutor, TaskExecutor {
    /// Jobs from other threads, the only thing that is shared under a lock.
    private let inbox = Lock<[UnownedJob]>([])
    /// Set after something was put into the inbox: the loop need not take the lock to find it empty.
    private let hasMail = Atomic<Bool>(false)
    /// Set while the loop is about to wait or waits: whoever adds to the inbox then wakes it.
    private let isAsleep = Atomic<Bool>(false)
    /// The thread that runs the loop; 0 until there is one.
    private let thread = Atomic<UInt>(0)
    private let isClaimed = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)

    // Invariant: touched by the loop's thread only. Every caller is either the loop itself, a job it runs, or code
    // isolated to @Netpoller, which is such a job. No access to the queue lasts while a job runs.
    @exclusivity(unchecked) nonisolated(unsafe) private var ready: [UnownedJob] = []
    // Invariant: as above.
    nonisolated(unsafe) let state: LoopState

    init() {
        unsafe state = LoopState()
        unsafe ready.reserveCapacity(1024)
    }

    // MARK: - Executor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            unsafe ready.append(job)
        } else {
            inbox.withLock { $0.append(job) }
            hasMail.store(true, ordering: .sequentiallyConsistent)
            startIfNeeded()
            wakeIfAsleep()
        }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Whether the caller runs on the loop's thread.
    var isCurrent: Bool {
        thread.load(ordering: .relaxed) == ThreadCalls.current
    }

    func checkIsolated() {
        precondition(isCurrent, "this must run on the Netpoller")
    }

    // MARK: - Running

    /// Claims the loop for the calling thread before anything has started it elsewhere.
    func claim() -> Bool {
        guard isClaimed.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return false }
        SignalCalls.ignoreBrokenPipes()
        thread.store(ThreadCalls.current, ordering: .releasing)
        return true
    }

    private func startIfNeeded() {
        guard !isClaimed.load(ordering: .relaxed),
            isClaimed.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return }
        SignalCalls.ignoreBrokenPipes()
        do throws(Errno) {
            try ThreadCalls.start(stackSize: 1024 * 1024) { [self] in
                thread.store(ThreadCalls.current, ordering: .releasing)
                runOrTrap()
            }
        } catch {
            fatalError("the Netpoller has no thread: pthread_create: \(error)")
        }
    }

    /// On a thread of its own there is nobody whom the loop could tell that it cannot go on.
    private func runOrTrap() {
        do throws(NetpollerFailure) { try run() } catch { fatalError("the Netpoller cannot go on: \(error)") }
    }

    /// Runs jobs and waits for events until `stop()`; the calling thread must have claimed the loop.
    func run() throws(NetpollerFailure) {
        if let failure = unsafe state.failure { throw failure }
        while true {
            for _ in 0..<Self.rounds {
                runReadyJobs()
                takeInbox()
                if unsafe ready.isEmpty { break }
            }
            if isStopping.load(ordering: .relaxed) { return }
            let isIdle = unsafe ready.isEmpty
            if isIdle { isAsleep.store(true, ordering: .sequentiallyConsistent) }
            // Whoever filled the inbox before seeing us asleep did not wake us: look once more.
            let mayWait = isIdle && !hasMail.load(ordering: .sequentiallyConsistent)
            try unsafe state.poll(mayWait: mayWait)
            if isIdle { isAsleep.store(false, ordering: .relaxed) }
        }
    }

    /// Ends `run()` after the jobs that are running.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    /// So many times the jobs that jobs have added are run before the sockets are looked at again.
    private static let rounds = 4

    /// Runs the jobs that are there now, and leaves those that they add.
    private func runReadyJobs() {
        let count = unsafe ready.count
        for index in 0..<count {
            let job = unsafe ready[index]
            unsafe job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
        if unsafe count == ready.count {
            unsafe ready.removeAll(keepingCapacity: true)
        } else {
            unsafe ready.removeFirst(count)
        }
    }

    private func takeInbox() {
        guard hasMail.load(ordering: .relaxed), hasMail.exchange(false, ordering: .sequentiallyConsistent) else {
            return
        }
        inbox.withLock { jobs in
            unsafe ready.append(contentsOf: jobs)
            jobs.removeAll(keepingCapacity: true)
        }
    }

    private func wakeIfAsleep() {
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
            unsafe state.waker.wake()
        }
    }
}
