/// The actor of everything that holds a descriptor. Its executor is the event loop: one thread, no locks.
///
/// Code isolated to `@Netpoller` reads as if every call blocked, and none does: a task that must wait is parked until
/// the kernel says its descriptor is ready, its deadline passes, somebody closes the descriptor, or it is cancelled.
@globalActor
public actor Netpoller {
    public static let shared = Netpoller()

    static let loop = EventLoop()

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe Self.loop.asUnownedSerialExecutor()
    }

    /// Runs `body` on the loop, with both executors as they should be: on this actor, and preferring its thread.
    @discardableResult
    public nonisolated static func spawn<Success: Sendable>(
        _ body: @escaping @Netpoller @Sendable () async throws -> Success
    ) -> Task<Success, any Error> {
        Task(executorPreference: loop, operation: body)
    }

    /// Runs `body` on the loop, where it cannot fail.
    @discardableResult
    public nonisolated static func spawn<Success: Sendable>(
        _ body: @escaping @Netpoller @Sendable () async -> Success
    ) -> Task<Success, Never> {
        Task(executorPreference: loop, operation: body)
    }

    /// Runs `body` as a task of its own on the loop and waits for it, passing on the caller's cancellation.
    @discardableResult
    @Netpoller
    public static func child<Value: Sendable>(_ body: @escaping @Netpoller @Sendable () async -> Value) async -> Value {
        await join(spawn(body))
    }

    /// Waits for a task, passing on the caller's cancellation: for one that others may cancel as well.
    @Netpoller
    public static func join<Value: Sendable>(_ task: Task<Value, Never>) async -> Value {
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Makes the calling thread, the main one of a program, the loop's thread; returns what `body` returns.
    ///
    /// Must come before anything else uses the loop, which otherwise gets a thread of its own at its first use. Fails
    /// where the kernel has not what the loop needs, for want of descriptors for one, or no longer lets it wait.
    public nonisolated static func run(
        _ body: @escaping @Netpoller @Sendable () async -> Int32
    ) throws(NetpollerFailure) -> Int32 {
        precondition(loop.claim(), "the Netpoller already runs on another thread")
        let result = RunResult()
        spawn {
            unsafe result.status = await body()
            loop.stop()
        }
        try loop.run()
        return result.read()
    }

    /// A function that is isolated to the loop as one that may be called on its thread where no task says so: by somebody
    /// whom the loop wakes between two jobs.
    ///
    /// It must be a function and no closure, which would look for its executor at each call.
    public nonisolated static func onLoop<Argument>(
        _ body: @escaping @Netpoller @Sendable (Argument) -> Bool
    ) -> @Sendable (Argument) -> Bool {
        // The isolation is no part of a function's value: it only says who may call it.
        unsafe unsafeBitCast(body, to: (@Sendable (Argument) -> Bool).self)
    }

    /// Has the loop look for events for so long, as long as that pays, before its thread sleeps; zero is never.
    ///
    /// A peer on this machine mostly answers sooner than a thread that sleeps can be woken. What it costs is processor time.
    @Netpoller
    public static func setBusyPolling(_ span: Duration) {
        unsafe loop.state.setBusyPolling(span)
    }

    /// Waits until `deadline`, or for ever; false if the task was cancelled before.
    @discardableResult
    @Netpoller
    public static func sleep(until deadline: Deadline?) async -> Bool {
        await Parking().wait(until: deadline) == .deadline
    }

    /// Waits for `span`; false if the task was cancelled before.
    @discardableResult
    @Netpoller
    public static func sleep(for span: Duration) async -> Bool {
        await sleep(until: .now + span)
    }

    /// Waits until the loop has looked at its descriptors again; false if the task was cancelled before.
    @Netpoller
    static func turn() async -> Bool { await sleep(for: .zero) }

    /// How many descriptors had something when the loop last looked at them, its own among them.
    @Netpoller
    static var lastCount: Int { unsafe loop.state.lastCount }
}

/// Carries the status out of the root task. The loop has stopped when it is read, on the same thread.
private final class RunResult: Sendable {
    // Invariant: written by the root task on the loop's thread, read by that thread after the loop has returned.
    nonisolated(unsafe) var status: Int32 = 0

    func read() -> Int32 { unsafe status }
}

/// A place where one task waits until another one wakes it, or a deadline passes.
@Netpoller
package final class Parking {
    /// What the loop knows the waiter by.
    let ticket: UInt64
    private var waits: UInt32 = 0

    package init() {
        ticket = unsafe Netpoller.loop.state.makeTicket()
    }

    /// Waits; a wake-up that came before the wait is not remembered.
    package func wait(until deadline: Deadline? = nil) async -> Wake {
        if Task.isCancelled { return .cancelled }
        waits &+= 1
        let (ticket, number) = (ticket, waits)
        return await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { waiter in
                unsafe Netpoller.loop.state.park(ticket, number: number, until: deadline, waiter)
            }
        } onCancel: {
            // It may come when another task waits here.
            Netpoller.spawn { _ = unsafe Netpoller.loop.state.unpark(ticket, .cancelled, number: number) }
        }
    }

    /// Wakes the waiter; false if nobody waits any more.
    @discardableResult
    package func wake(_ reason: Wake = .ready) -> Bool {
        unsafe Netpoller.loop.state.unpark(ticket, reason)
    }
}
