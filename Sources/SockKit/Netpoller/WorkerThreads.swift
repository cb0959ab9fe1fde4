private import Synchronization

/// A few threads for calls that block for a moment, one after the other on each. They live as long as there is something
/// to do.
package final class WorkerThreads: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var threads = 0
    }

    private let state = Lock(State())
    private let most: Int
    private let mostWaiting: Int

    init(most: Int, mostWaiting: Int = .max) {
        self.most = most
        self.mostWaiting = mostWaiting
    }

    /// Has a thread run `body`, as soon as one is free. Fails where there is none and none can be had, or too many wait for
    /// one (EAGAIN).
    @Netpoller
    func run(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        let isNew: Bool? = state.withLock { state in
            guard state.threads < most else {
                guard state.waiting.count < mostWaiting else { return nil }
                state.waiting.append(body)
                return false
            }
            state.threads += 1
            return true
        }
        guard let isNew else { throw .wouldBlock }
        guard isNew else { return }
        do throws(Errno) {
            try ThreadCalls.start {
                body()
                self.work()
            }
        } catch {
            let isLeft = state.withLock { state in
                state.threads -= 1
                // Those that are there do it as well.
                if state.threads > 0 { state.waiting.append(body) }
                return state.threads == 0
            }
            if isLeft { throw error }
        }
    }

    private func work() {
        while let body = next() { body() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.threads -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
