/// A queue of messages from many tasks to one.
@Netpoller
package final class Mailbox<Message: Sendable> {
    private var messages: [Message] = []
    private let parking = Parking()

    package init() {}

    package func post(_ message: Message) {
        messages.append(message)
        parking.wake()
    }

    /// The next message; nil, with the reason, where the deadline passes or the task is cancelled before one comes.
    package func next(until deadline: Deadline?) async -> (message: Message?, wake: Wake) {
        while messages.isEmpty {
            if let deadline, deadline.hasPassed { return (nil, .deadline) }
            let wake = await parking.wait(until: deadline)
            if messages.isEmpty, wake != .ready { return (nil, wake) }
        }
        return (messages.removeFirst(), .ready)
    }
}
