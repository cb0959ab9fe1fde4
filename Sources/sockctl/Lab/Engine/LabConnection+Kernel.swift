import SockKit

/// What an experiment does to a connection below Go's calls.
extension LabConnection {
    /// Has this side's kernel drop all that comes from now on: to the other side it has vanished without a word.
    ///
    /// It refuses packets whose time to live is below 255 (IP_MINTTL, meant for RFC 5082), before TCP sees them. The other
    /// side must not have set that of its own to 255. Everybody may do so, which is not true of a socket filter.
    func vanish() throws(Interruption) {
        let outcome = party.system("vanishes: its kernel drops all that comes (IP_MINTTL 255)") { () throws(Errno) in
            try connection.descriptor.withNumberOrErrno { number throws(Errno) in
                try SocketOption.minimumTimeToLive.set(255, on: number)
            }
        }
        // A FIN whose acknowledgement is dropped would be sent for many seconds more.
        party.stage.atEnd { [connection] in connection.reset() }
        if case .failure(let error) = outcome {
            throw .notRun("a peer cannot be made to vanish here: IP_MINTTL: \(error.name)")
        }
    }

    /// Waits until all the bytes that the kernel took, so many, are in its two queues, and says how many are in each.
    func settles(_ accepted: Int, with peer: LabConnection) async -> (sending: Int, receiving: Int) {
        let queued = { @Netpoller in
            (self.connection.queueDepths?.unacknowledged ?? 0, peer.connection.bytesWaiting)
        }
        _ = await party.stage.until(within: .seconds(2)) { queued().0 + queued().1 == accepted }
        return (party.stage.kernel.unacknowledged(self), party.stage.kernel.unread(peer))
    }

    /// Reads exactly so many bytes, without a line for each read, and says how many there were before the end.
    @discardableResult
    func drain(_ count: Int) async -> Int {
        let quiet = LabConnection(connection, of: party.quiet)
        let place = party.stage.begin(party.lane, party.labelled("read \(Quantity.bytes(count))"))
        var left = count
        while left > 0 {
            let reading = await quiet.read(min(left, 65536))
            guard reading.count > 0 else { break }
            left -= reading.count
        }
        party.stage.finish(place, Quantity.bytes(count - left))
        return count - left
    }
}

extension Flood {
    /// What the kernel took in all, the part of the last write included, once a write has failed.
    var accepted: Int {
        get async {
            let last = await outcome.count
            return returned + last
        }
    }
}

extension LabListener {
    /// Accepts where the timeline has other things to show.
    func acceptQuietly() async throws(Interruption) -> LabConnection {
        LabConnection(try await LabListener(listener, of: party.quiet).accept().connection, of: party)
    }
}

extension Kernel {
    /// Waits until a connection is gone without this side's having closed it, which only a reset does at once.
    func isReset(_ end: LabConnection) async {
        if await reaches(.closed, end) { inferred("a RST has come") }
    }
}
