/// One run of a scan: the attempts that are under way, and what is to be tried next.
///
/// It turns in four beats: take what the kernel has decided, give up what has had its time, begin new attempts for a
/// millisecond or until the window is full, and let others have the loop, or wait.
@Netpoller
final class ScanRun {
    let probe: ScanProbe
    let group: PollGroup
    private var cursor: ScanCursor
    /// What has to be tried again, with the moment at which it was tried first.
    var again: [(remote: Endpoint, start: Deadline)] = []
    /// Unix listeners whose queues were full, with the moments at which to try them again, the earliest first.
    var crowded: [(remote: Endpoint, start: Deadline, moment: Deadline)] = []
    var window: ScanWindow
    var result: ScanResult
    /// The attempts that the kernel has not decided; the free places among them are named beside them.
    var attempts: [ScanAttempt] = []
    var free: [Int] = []
    /// When attempts are given up, when a datagram is sent again, when a banner is no longer waited for.
    var timeouts: ScanQueue
    var repeats: ScanQueue
    var banners: ScanQueue
    /// While this machine has not what an attempt takes: when to try again.
    var pause: Deadline?
    var backoff = ScanRun.freshBackoff
    /// Where to look at once whether an attempt that is in progress is over: it is on this machine, where connect(2) comes
    /// back after the answer; elsewhere looking was in vain and is left.
    var looksAtOnce = true
    /// Room for what is read.
    var room = [UInt8](repeating: 0, count: 1024)
    /// How much of it the last datagram takes.
    var heard = 0
    private let maker: ScanSocketMaker

    static let freshBackoff = Backoff(first: .milliseconds(5), most: .seconds(1))
    /// So long a queue that was full has to get room.
    static let roomPause = Duration.milliseconds(5)
    /// With nothing under way it is tried so often, over some five seconds.
    static let mostVainTries = 12
    /// The standard streams, the loop's descriptors, files that are read, and some more.
    private static let otherDescriptors = 24

    init(_ probe: ScanProbe, _ group: PollGroup) {
        self.probe = probe
        self.group = group
        cursor = ScanCursor(probe.targets)
        let limit = ProcessCalls.raiseDescriptorLimit()
        window = ScanWindow(most: min(probe.parallel, limit - Self.otherDescriptors))
        result = ScanResult(
            targets: probe.targets.count, parallel: window.most, isCut: window.most < probe.parallel)
        timeouts = ScanQueue(probe.timeout)
        repeats = ScanQueue(probe.network.isUDP ? probe.timeout.map { $0 / 2 } : nil)
        banners = ScanQueue(probe.banner)
        maker = ScanSocketMaker(probe)
    }

    var underWay: Int { attempts.count - free.count }

    func execute() async -> ScanResult {
        let start = Deadline.now
        defer { letGo() }
        do throws(NetworkError) {
            while !Task.isCancelled {
                if underWay > 0 { try settle() }
                let hasMore = try beginSome()
                if underWay == 0, !hasMore, again.isEmpty, crowded.isEmpty { break }
                await probe.pace?()
                if hasMore, hasRoom, pause == nil { await Task.yield() } else { await wait() }
            }
        } catch {
            result.failure = error
        }
        result.elapsed = .now - start
        return result
    }

    /// Takes what the kernel has decided, and then gives up what has had its time: an answer that is there counts.
    private func settle() throws(NetworkError) {
        var ready: [Int] = []
        do throws(Errno) {
            try group.take { ready.append($0) }
        } catch {
            throw failure(error, "epoll_wait")
        }
        for slot in ready where attempts[slot].number >= 0 { try advance(slot) }
        let now = Deadline.now
        // First of all: when this process was kept from the CPU, its second datagram has not left yet.
        while let (slot, serial) = repeats.popExpired(at: now) {
            if isCurrent(slot, serial) { try sendAgain(slot) }
        }
        while let (slot, serial) = timeouts.popExpired(at: now) {
            if isCurrent(slot, serial), attempts[slot].phase != .reading { giveUp(slot, at: now) }
        }
        while let (slot, serial) = banners.popExpired(at: now) {
            if isCurrent(slot, serial) { finishReading(slot) }
        }
    }

    /// A millisecond's worth of attempts, or as many as there is room for; false if nothing is left to begin now.
    private func beginSome() throws(NetworkError) -> Bool {
        var now = Deadline.now
        if let pause, pause > now { return true }
        pause = nil
        let end = now + .milliseconds(1)
        while hasRoom, pause == nil, now < end {
            guard let next = next(at: now) else { return false }
            now = try begin(next.remote, first: next.start, at: now)
        }
        return true
    }

    private var hasRoom: Bool { underWay < window.size }

    private func next(at now: Deadline) -> (remote: Endpoint, start: Deadline)? {
        if let next = again.popLast() { return next }
        if let place = cursor.next() { return (place, now) }
        guard let first = crowded.first, first.moment <= now else { return nil }
        crowded.removeFirst()
        return (first.remote, first.start)
    }

    /// Until something happens, or something has had its time.
    private func wait() async {
        timeouts.dropStale { !isCurrent($0, $1) }
        repeats.dropStale { !isCurrent($0, $1) }
        banners.dropStale { !isCurrent($0, $1) }
        let moments = [timeouts.earliest, repeats.earliest, banners.earliest, pause ?? crowded.first?.moment]
        _ = await group.wait(until: moments.compactMap(\.self).min())
    }

    func isCurrent(_ slot: Int, _ serial: UInt32) -> Bool {
        attempts[slot].number >= 0 && attempts[slot].serial == serial
    }

    // MARK: - Sockets

    func make(for remote: Endpoint) throws(NetworkError) -> Int32 { try maker.make(for: remote) }

    /// Has the group watch a socket, and returns its place; nil, with the socket closed, where that cannot be had.
    func park(
        _ number: Int32, _ remote: Endpoint, _ phase: ScanAttempt.Phase, from start: Deadline
    ) throws(NetworkError) -> Int? {
        let slot = free.popLast() ?? attempts.count
        if slot == attempts.count { attempts.append(ScanAttempt(remote: remote)) }
        do throws(Errno) { try group.add(number, tag: slot) } catch {
            free.append(slot)
            close(number)
            try lack(error, "epoll_ctl", remote, first: start)
            return nil
        }
        attempts[slot].begin(number, remote, phase, at: start)
        return slot
    }

    /// Ends an attempt that was parked.
    func leave(_ slot: Int, resetting: Bool = false) {
        close(attempts[slot].number, resetting: resetting)
        attempts[slot].number = -1
        attempts[slot].serial &+= 1
        free.append(slot)
    }

    func close(_ number: Int32, resetting: Bool = false) {
        if resetting { try? SocketOption.setLinger(0, on: number) }
        _ = FileDescriptor(adopting: number)
    }

    private func letGo() {
        for attempt in attempts where attempt.number >= 0 { close(attempt.number) }
        attempts = []
        group.close()
    }

    // MARK: - What is found

    func report(_ finding: ScanFinding) {
        window.grow()
        result.count(finding)
        probe.onEvent?(finding)
    }

    func failure(_ error: Errno, _ call: String, _ remote: Endpoint? = nil) -> NetworkError {
        NetworkError(.dial, network: probe.network, remote: remote, cause: .system(error, call: call))
    }
}
