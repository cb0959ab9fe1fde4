/// A value that somebody will give, once, and that one task waits for.
@Netpoller
package final class Promise<Value: Sendable> {
    private var value: Value?
    private let parking = Parking()

    package init() {}

    /// Gives the value; a second one is ignored.
    package func fulfil(_ value: Value) {
        guard self.value == nil else { return }
        self.value = value
        parking.wake()
    }

    /// Waits for the value; nil, with the reason, where the deadline passes or the task is cancelled before.
    package func wait(until deadline: Deadline? = nil) async -> (value: Value?, wake: Wake) {
        if value == nil {
            let wake = await parking.wait(until: deadline)
            if value == nil { return (nil, wake) }
        }
        return (value, .ready)
    }
}

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
