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
