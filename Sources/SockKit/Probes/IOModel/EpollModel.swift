/// `epoll`: one epoll instance announces which sockets have something, and no other is asked.
///
/// It is level-triggered: a socket is announced until its bytes have been read. The instance also holds an eventfd,
/// with which the loop ends the wait when it has a new client for the thread.
final class EpollModel: IOModelEngine {
    private let epoll: FileDescriptor
    private let bell: FileDescriptor

    init() throws(Errno) {
        epoll = try PollCalls.create()
        bell = try PollCalls.makeWakeUp()
        try PollCalls.add(bell.rawValue, to: epoll.rawValue, .read, tag: UInt64(bell.rawValue))
    }

    func wake() { PollCalls.wake(bell.rawValue) }

    func serve(_ thread: IOModelThread) {
        let events = PollEvents(capacity: 64)
        var clients: [UInt64: IOModelClient] = [:]
        repeat {
            for client in thread.arrivals() where watch(client, .read, isNew: true) { clients[client.tag] = client }
            guard !clients.isEmpty else { return }
            let count: Int
            do throws(Errno) {
                count = try events.wait(on: epoll.rawValue, timeout: nil, retryingInterrupts: true)
            } catch {
                return clients.values.forEach { $0.fail(error, at: "epoll_wait") }
            }
            let tags = (0..<count).map { events[$0].tag }
            if tags.contains(UInt64(bell.rawValue)) { PollCalls.drainWakeUp(bell.rawValue) }
            let announced = tags.compactMap { clients[$0] }
            // One call has waited for all of these; it is counted once.
            announced.first { !$0.lacksRoom }?.countCall()
            for client in announced where !serve(client) { clients[client.tag] = nil }
        } while !clients.isEmpty
    }

    /// Reads or writes once; false if that was the end.
    private func serve(_ client: IOModelClient) -> Bool {
        let lackedRoom = client.lacksRoom
        if client.step() == .over {
            try? PollCalls.remove(client.number, from: epoll.rawValue)
            return false
        }
        return client.lacksRoom == lackedRoom || watch(client, client.lacksRoom ? .write : .read)
    }

    private func watch(_ client: IOModelClient, _ interest: PollCalls.Interest, isNew: Bool = false) -> Bool {
        client.prepare("epoll_ctl") { number throws(Errno) in
            if isNew {
                try PollCalls.add(number, to: epoll.rawValue, interest, tag: client.tag)
            } else {
                try PollCalls.change(number, in: epoll.rawValue, interest, tag: client.tag)
            }
        }
    }
}

extension IOModelClient {
    fileprivate var tag: UInt64 { UInt64(number) }
}
