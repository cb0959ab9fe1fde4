internal import Synchronization

extension BacklogRun {
    /// Dials one after the other until a dial has to wait, then the rest side by side.
    func dialInOrder(_ count: Int) async {
        var isSideBySide = false
        var apart = probe.network.isTCP && probe.acceptEvery != nil ? Self.mostApart : 0
        for index in stride(from: 1, through: count, by: 1) {
            guard failure == nil, !Task.isCancelled else { return }
            guard let socket = begin(index) else { return }
            let waits = take(socket, index)
            if waits, !isSideBySide {
                // Read before the wait, during which an accept may change it.
                let queue = target.currentQueue
                await waitBriefly(for: index)
                isSideBySide = pending.contains(index)
                if isSideBySide {
                    emit(.waiting(index: index, queue: queue))
                }
            }
            if isSideBySide, apart > 0 {
                apart -= 1
                await Netpoller.sleep(for: Self.stagger)
            }
            if index % 64 == 0 { await Task.yield() }
        }
    }

    /// Dials from several threads. The kernel checks for room when the SYN arrives, and takes the room only when the
    /// handshake is over: between the two another dial may get the same last place.
    func dialConcurrently(_ count: Int) async {
        let volley = min(count, Self.threads)
        let next = NextIndex(threads: volley)
        let (remote, network) = (target.remote, probe.network)
        let tasks = (0..<volley).map { _ in
            Netpoller.spawn { await self.shoot(next, count, remote, network) }
        }
        for task in tasks { await task.value }
        if let first = pending.min() {
            emit(.waiting(index: first, queue: target.currentQueue))
        }
    }

    nonisolated static let threads = 8

    /// The kernel's timers of a second go off in batches (8 jiffies of the timer wheel, 32 ms at 250 Hz). SYNs that are
    /// sent again in one batch all find the room that an accept made for one, so dials that wait begin further apart.
    private static let stagger = Duration.milliseconds(40)
    /// Only so many of them, for a run is to end within its time-out and a second.
    private static let mostApart = 20

    private func shoot(_ next: NextIndex, _ count: Int, _ remote: Endpoint, _ network: Network) async {
        typealias Shot = (index: Int, result: Result<BacklogSocket, Errno>)
        let shots: [Shot]
        do throws(DescriptorThreadFailure) {
            shots = try await Netpoller.offload {
                var shots: [Shot] = []
                next.waitForOthers()
                while let index = next.take(upTo: count) {
                    do throws(Errno) {
                        shots.append((index, .success(try BacklogSocket.dial(remote, network))))
                    } catch {
                        shots.append((index, .failure(error)))
                    }
                }
                return shots
            }
        } catch {
            if case .system(let number) = error { fail(number, call: "pthread_create") }
            return
        }
        for shot in shots {
            switch shot.result {
            case .success(let socket): _ = take(socket, shot.index)
            case .failure(let number): fail(number, call: "socket")
            }
        }
    }

    // MARK: - One dial

    /// Starts a dial. If an address refuses the first one, the next address of the name is tried.
    private func begin(_ index: Int) -> BacklogSocket? {
        do throws(Errno) {
            while true {
                let socket = try BacklogSocket.dial(target.remote, probe.network)
                guard index == 1, case .failed = socket.state, !target.alternatives.isEmpty else { return socket }
                _ = FileDescriptor(adopting: socket.number)
                target.takeNext()
                announce(dials: plan.dials)
            }
        } catch {
            fail(error, call: "socket")
            return nil
        }
    }

    /// Takes over a dial that has begun; true if it is not decided yet.
    private func take(_ socket: BacklogSocket, _ index: Int) -> Bool {
        let isLocalQueueFull: Bool
        switch socket.state {
        case .connected:
            held.append((index, HeldSocket(FileDescriptor(adopting: socket.number))))
            decide(index, .connected, socket.start, socket.end, retransmits: 0, waited: false)
            return false
        case .failed(let number):
            isLocalQueueFull = number == .wouldBlock && probe.network.isUnix
            guard isLocalQueueFull, probe.acceptEvery != nil else {
                _ = FileDescriptor(adopting: socket.number)
                fail(index, number, socket.start, waited: false)
                return false
            }
        case .pending: isLocalQueueFull = false
        }
        pending.insert(index)
        let task =
            isLocalQueueFull
            ? Netpoller.spawn { await self.waitBlocking(socket, index) }
            : Netpoller.spawn { await self.wait(socket, index) }
        tasks.append(task)
        return true
    }
}

/// The numbers of dials, given out to several threads.
private final class NextIndex: Sendable {
    private let last = Atomic(0)
    private let ready = Atomic(0)
    private let threads: Int

    init(threads: Int) {
        self.threads = threads
    }

    /// Returns when all threads have called it. It spins, for a thread that slept would be late. The time limit is for a
    /// thread that could not be started.
    func waitForOthers() {
        ready.wrappingAdd(1, ordering: .relaxed)
        let end = Deadline.now + .milliseconds(50)
        while ready.load(ordering: .relaxed) < threads, !end.hasPassed {}
    }

    func take(upTo count: Int) -> Int? {
        let index = last.wrappingAdd(1, ordering: .relaxed).newValue
        return index <= count ? index : nil
    }
}
