extension Netpoller {
    /// Runs something that blocks on a thread of its own, and waits for its result until the deadline.
    ///
    /// When the wait ends early the thread goes on and its result is dropped: getaddrinfo(3) for one cannot be stopped.
    @Netpoller
    package static func offload<Value: Sendable>(
        until deadline: Deadline? = nil, _ body: @escaping @Sendable () -> Value
    ) async throws(DescriptorThreadFailure) -> Value {
        let promise = Promise<Value>()
        do throws(Errno) {
            try ThreadCalls.start {
                let value = body()
                Netpoller.spawn { promise.fulfil(value) }
            }
        } catch {
            throw .system(error)
        }
        let outcome = await promise.wait(until: deadline)
        if let value = outcome.value { return value }
        throw outcome.wake == .deadline ? .deadlineExceeded : .cancelled
    }
}

/// Why a helper thread gave no result.
package enum DescriptorThreadFailure: Error, Sendable {
    case system(Errno)
    case deadlineExceeded
    case cancelled
}
