/// Many descriptors that one task waits for as one: for those that are watched for a moment and by the thousand, where a
/// slot of the loop's for each would cost more than what is done with them.
///
/// It is an epoll instance of its own, which epoll(7) lets the loop's watch like any other descriptor.
@Netpoller
final class PollGroup {
    private let descriptor: PolledDescriptor
    private let events = PollEvents(capacity: 512)

    init() throws(Errno) {
        descriptor = try PolledDescriptor(adopting: PollCalls.create())
        // Nothing can have happened to nobody: who waits now is to sleep.
        descriptor.noteBlocked(.read)
    }

    func close() { descriptor.close() }

    /// Watches a descriptor, edge-triggered, for all that may happen to it. It leaves the group when it is closed.
    func add(_ number: Int32, tag: Int) throws(Errno) {
        try descriptor.withNumberOrErrno { group throws(Errno) in
            try PollCalls.add(number, to: group, [.read, .write, .peerEnd, .edge], tag: UInt64(tag))
        }
    }

    /// Takes what has happened since the last time: the tag of each descriptor that something happened to.
    func take(_ body: (Int) -> Void) throws(Errno) {
        // Before it is asked: what happens from here on wakes whoever waits.
        descriptor.noteBlocked(.read)
        while true {
            let count = try descriptor.withNumberOrErrno { (group: Int32) throws(Errno) -> Int in
                do throws(Errno) { return try events.wait(on: group, timeout: .zero) } catch {
                    guard error == .interrupted else { throw error }
                    return 0
                }
            }
            for index in 0..<count { body(Int(events[index].tag)) }
            if count < events.capacity { return }
        }
    }

    /// Waits until something happens to one of them, or until the deadline.
    func wait(until deadline: Deadline?) async -> Wake {
        descriptor[deadline: .read] = deadline
        do throws(DescriptorFailure) {
            try await descriptor.waitUntilReady(.read)
            return .ready
        } catch {
            switch error {
            case .deadlineExceeded: return .deadline
            case .closed: return .closed
            case .cancelled, .system: return .cancelled
            }
        }
    }
}
