/// `uring`: receives and sends are handed to the kernel as orders, several in one call, and it says which are done.
///
/// Nobody asks whether a socket is ready: each client has one receive under way, with a buffer of its own, or the send
/// of what came. The ring also watches an eventfd, with which the loop ends the wait when it has a new client.
final class UringModel: IOModelEngine {
    /// So many orders fit into one call.
    private static let entries = 64

    private let bell: FileDescriptor

    init() throws(Errno) {
        bell = try PollCalls.makeWakeUp()
        // The thread makes its own. This one tells whether there are any to be had.
        _ = try UringCalls.setup(entries: Self.entries)
    }

    func wake() { PollCalls.wake(bell.rawValue) }

    func serve(_ thread: IOModelThread) {
        let start = ThreadCalls.processorTime
        do throws(Errno) {
            let ring = try Uring(entries: Self.entries)
            thread.leaveOut(since: start)
            UringService(ring, bell: bell.rawValue, thread).run()
        } catch {
            for client in thread.arrivals() { client.fail(error, at: "io_uring_setup") }
        }
    }
}

/// The clients of one ring, from the first that comes until none is left.
private final class UringService {
    private struct Talk {
        let client: IOModelClient
        let buffer: UringBuffer
        /// What of the buffer is being sent; empty while it receives.
        var unsent = 0..<0
    }

    private let ring: Uring
    private let bell: Int32
    private let thread: IOModelThread
    private var talks: [Int32: Talk] = [:]
    private var newcomers: [IOModelClient] = []
    private var completions: [Uring.Completion] = []
    /// What is under way and is to be given up.
    private var unwanted: [Int32] = []

    init(_ ring: Uring, bell: Int32, _ thread: IOModelThread) {
        (self.ring, self.bell, self.thread) = (ring, bell, thread)
    }

    /// Each completion leads to one order at most, so there is always room for what has to be said next.
    func run() {
        ring.watch(bell)
        repeat {
            newcomers += thread.arrivals()
            while ring.hasRoom, !newcomers.isEmpty { admit(newcomers.removeFirst()) }
            while ring.hasRoom, let number = unwanted.popLast() { giveUp(number) }
            guard !talks.isEmpty else { continue }
            do throws(Errno) { try enter() } catch {
                for client in talks.values.map(\.client) + newcomers { client.fail(error, at: "io_uring_enter") }
                return
            }
            while ring.hasRoom, !completions.isEmpty { handle(completions.removeFirst()) }
        } while !talks.isEmpty || !newcomers.isEmpty
    }

    /// Makes the one call. It waits unless there is something to do without it.
    private func enter() throws(Errno) {
        let start = ThreadCalls.processorTime
        try ring.enter(waits: newcomers.isEmpty && completions.isEmpty && unwanted.isEmpty)
        let new = ring.takeCompletions()
        completions += new
        // One call has waited for all of these; it is counted once. One that has only sent was no wait.
        if let first = new.first(where: { $0.operation == .receive }) {
            talks[first.descriptor]?.client.countCall()
        } else {
            thread.leaveOut(since: start)
        }
    }

    private func admit(_ client: IOModelClient) {
        // So that the kernel waits with what it cannot do yet, whatever its version makes of O_NONBLOCK there.
        let isReady = client.prepare("fcntl") { number throws(Errno) in
            try BlockingCalls.setBlocking(true, number)
        }
        guard isReady else { return }
        let talk = Talk(client: client, buffer: UringBuffer(count: thread.buffer.count))
        talks[client.number] = talk
        ring.receive(client.number, into: talk.buffer)
    }

    private func giveUp(_ number: Int32) {
        guard let talk = talks[number] else { return }
        ring.cancel(talk.unsent.isEmpty ? .receive : .send, number)
    }

    private func handle(_ completion: Uring.Completion) {
        let number = completion.descriptor
        guard completion.operation != .poll else {
            PollCalls.drainWakeUp(bell)
            // Their sockets have been shut down. That ends a call that waits, but a send under way in a ring was seen to stay.
            if thread.isStopping { unwanted = Array(talks.keys) }
            return ring.watch(bell)
        }
        guard completion.operation != .cancel, var talk = talks[number] else { return }
        let count = (try? completion.result.get()) ?? 0
        let step: IOModelClient.Step
        if completion.operation == .receive {
            step = talk.client.hasReceived(completion.result)
            talk.unsent = 0..<count
        } else {
            step = talk.client.hasSent(completion.result, of: talk.unsent.count)
            talk.unsent = talk.unsent.dropFirst(count)
        }
        talks[number] = step == .over ? nil : talk
        guard step != .over else { return }
        if talk.unsent.isEmpty {
            ring.receive(number, into: talk.buffer)
        } else {
            ring.send(number, talk.unsent, of: talk.buffer)
        }
    }
}
