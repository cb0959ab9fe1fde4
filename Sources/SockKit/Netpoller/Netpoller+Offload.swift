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

    /// As `offload`, for what may fail; `explain` says why nothing came of it.
    @Netpoller
    package static func offload<Value: Sendable, Failure: Error>(
        attempt body: @escaping @Sendable () throws(Failure) -> Value, explain: (DescriptorThreadFailure) -> Failure
    ) async throws(Failure) -> Value {
        let outcome: Result<Value, Failure>
        do throws(DescriptorThreadFailure) {
            outcome = try await offload { () -> Result<Value, Failure> in
                do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
            }
        } catch {
            throw explain(error)
        }
        return try outcome.get()
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
