private import Synchronization

extension Netpoller {
    /// Runs something that blocks on a thread of its own, or on one of `workers`, and waits for its result until the
    /// deadline.
    ///
    /// When the wait ends early the thread goes on and its result is dropped: getaddrinfo(3) for one cannot be stopped. What
    /// has not begun by then does not begin.
    @Netpoller
    package static func offload<Value: Sendable>(
        until deadline: Deadline? = nil, on workers: WorkerThreads? = nil, _ body: @escaping @Sendable () -> Value
    ) async throws(DescriptorThreadFailure) -> Value {
        let promise = Promise<Value>()
        let demand = Demand()
        let work: @Sendable () -> Void = {
            guard demand.isThere else { return }
            let value = body()
            Netpoller.spawn { promise.fulfil(value) }
        }
        do throws(Errno) {
            if let workers { try workers.run(work) } else { try ThreadCalls.start(work) }
        } catch {
            throw .system(error)
        }
        let outcome = await promise.wait(until: deadline)
        if let value = outcome.value { return value }
        demand.end()
        throw outcome.wake == .deadline ? .deadlineExceeded : .cancelled
    }

    /// Whether anybody waits for a result still.
    private final class Demand: Sendable {
        private let isOpen = Lock(true)

        var isThere: Bool { isOpen.withLock { $0 } }
        func end() { isOpen.withLock { $0 = false } }
    }
}

/// Why a helper thread gave no result.
package enum DescriptorThreadFailure: Error, Sendable {
    case system(Errno)
    case deadlineExceeded
    case cancelled
}
