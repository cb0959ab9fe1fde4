/// Closes idle connections when they have been idle too long, or when the server ends them.
///
/// One task does it for a whole transport, and only while there are idle connections. What has just become idle mostly is
/// used again at once, so only what is still idle at the next look is watched.
@Netpoller
final class IdleSweeper {
    let parking = Parking()
    private var isRunning = false
    /// A connection became idle since the last look.
    private var hasNew = false

    /// From when a connection has become idle to the look from which on its end is noticed at once.
    private var pause = Duration.seconds(1)

    /// A connection has become idle.
    @inline(__always)
    func note(_ transport: Transport) {
        if !hasNew { begin(transport) }
    }

    @inline(never)
    private func begin(_ transport: Transport) {
        hasNew = true
        if isRunning {
            parking.wake()
        } else {
            isRunning = true
            pause = min(pause, transport.rules.idleConnTimeout ?? pause)
            Netpoller.spawn { [weak transport] in
                while await self.wait(), let next = transport?.sweep(self) { self.moment = next }
                // What became idle since the last look has been taken again: nothing is idle.
                self.hasNew = false
                self.isRunning = false
            }
        }
    }

    /// When to look next, where nothing new becomes idle.
    private var moment = Deadline.never

    /// Waits for the next look; false if there will be none.
    private func wait() async -> Bool {
        if !hasNew, await parking.wait(until: moment) == .cancelled { return false }
        guard hasNew else { return true }
        hasNew = false
        return await Netpoller.sleep(for: pause)
    }
}

extension Transport {
    /// Closes what has ended or been idle too long, and watches the rest; returns when to look again, nil where nothing is
    /// idle.
    func sweep(_ sweeper: IdleSweeper) -> Deadline? {
        let now = Deadline.now
        var next: Deadline?
        for host in hosts.values {
            var kept: [ClientConnection] = []
            for connection in host.idle {
                let end = rules.idleConnTimeout.map { connection.idleSince + $0 } ?? .never
                guard end > now, connection.watch(sweeper.parking) else {
                    idleCount -= 1
                    connection.close()
                    continue
                }
                kept.append(connection)
                next = min(next ?? .never, end)
            }
            host.idle = kept
            if host.count == 0, host.waiting.isEmpty { hosts[host.place] = nil }
        }
        return next
    }
}
