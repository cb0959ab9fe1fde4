import SockKit

/// A client and its target, with what is wrong between them.
@Netpoller
final class FaultyPair: FaultVictim {
    /// How it is cut.
    struct Cut: Sendable {
        let resets: Bool
        /// Who is to have all that was given before; nil where it is not a matter of bytes.
        var receiver: RelaySide?
    }

    let number: Int
    let start = Deadline.now
    /// The client, and the target, as the other one hears them.
    let near: any ByteStream
    let far: any ByteStream
    /// How it is to end, once that was ordered.
    private(set) var ordered: Cut?
    private weak var pair: ForwardedPair?
    let ends: Ends
    private let desk: FaultDesk
    private let sources: [RelaySide: FaultySource]
    private(set) var told = ToldFaults()

    init(
        _ near: any ByteStream, _ far: any ByteStream, _ peer: Peer, _ desk: FaultDesk, _ entries: [FaultDesk.Entry],
        isControlled: Bool
    ) {
        (number, ends) = (peer.number, peer.ends)
        self.desk = desk
        func source(_ side: RelaySide, _ stream: any ByteStream) -> FaultySource? {
            let isSpoilt = entries.contains { $0.direction.includes(side) && !$0.set.stream.isNone }
            return isControlled || isSpoilt ? FaultySource(stream) : nil
        }
        let (up, down) = (source(.near, near), source(.far, far))
        (self.near, self.far) = (up ?? near, down ?? far)
        var sources: [RelaySide: FaultySource] = [:]
        (sources[.near], sources[.far]) = (up, down)
        self.sources = sources
    }

    /// The faults begin.
    func begin(_ pair: ForwardedPair) {
        self.pair = pair
        for (side, source) in sources {
            source.onCut = { [weak self] cut in self?.take(cut, side) }
            source.onSilence = { [weak self] id in self?.act(id, "drop-after", side) }
        }
        apply(desk.entries(for: number))
    }

    func apply(_ entries: [FaultDesk.Entry]) {
        let entries = entries.filter { !$0.set.stream.isNone }
        // Some act as soon as they apply.
        told.update(entries, ends, desk)
        for (side, source) in sources {
            source.apply(
                entries.filter { $0.direction.includes(side) }
                    .map { ($0.id, $0.set.stream, desk.seed($0, number, side)) })
        }
    }

    var totals: PairTotals? { pair?.totals }

    // MARK: - Cuts

    private func take(_ cut: FaultyCut, _ side: RelaySide) {
        // One at a time comes to both ways at once.
        guard ordered == nil else { return }
        act(cut.id, cut.resets ? "reset-after" : "close-after", side)
        order(Cut(resets: cut.resets, receiver: cut.isExact ? side.other : nil))
    }

    private func act(_ id: Int, _ name: String, _ side: RelaySide) {
        told.act(id, name, side, ends, desk)
    }

    /// Ends it, and both its connections.
    private func order(_ cut: Cut) {
        guard ordered == nil else { return }
        ordered = cut
        pair?.junction.stop()
    }

    func cut() { order(Cut(resets: true)) }

    /// Parts with both sides as was ordered; the client's connection is closed by whoever serves it.
    func part(_ cut: Cut, _ peer: Peer, _ target: Connection) async {
        switch (cut.resets, cut.receiver) {
        case (true, .near?): _ = await peer.connection.waitUntilDelivered()
        case (true, .far?): _ = await target.waitUntilDelivered()
        case (true, nil): break
        case (false, _): await sayGoodbye(peer.connection, target)
        }
        guard cut.resets else { return }
        target.reset()
        peer.isCutOff = true
    }

    /// Says the end to both and waits until they have it: closing with unread bytes would be a reset.
    private func sayGoodbye(_ connections: Connection...) async {
        let drains = connections.map { connection in
            try? connection.closeWrite()
            return connection.drain()
        }
        for connection in connections { _ = await connection.waitUntilDelivered(patience: Self.patience) }
        for drain in drains { drain.cancel() }
    }

    private static let patience = Duration.seconds(1)

    /// It is over.
    func end() {
        for source in sources.values { source.end() }
        desk.forget(self)
    }
}
