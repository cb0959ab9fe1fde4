import SockKit

/// The faults of a forwarder, and whom they are done to: what the command line says, and who changes it while it runs.
@Netpoller
final class FaultDesk {
    /// A set with the number that it goes by.
    struct Entry: Sendable {
        let id: Int
        var set: FaultSet
        var direction: FaultDirection
        /// So many connections were there before it: `first` and `every` count those that come after.
        let base: Int
    }

    let network: Network
    let reporter: Reporter
    private(set) var entries: [Entry] = []
    private(set) var victims: [Int: any FaultVictim] = [:]
    /// What makes connecting slow.
    private var slowConnect: SlowConnect?
    private let seed: UInt64
    /// Sets may come while it runs: every direction is made ready for them.
    private let isControlled: Bool
    private var lastID = 0
    private var lastNumber = 0

    init(_ network: Network, seed: UInt64?, isControlled: Bool, _ reporter: Reporter) {
        self.network = network
        self.seed = seed ?? .random(in: 0...(.max))
        self.isControlled = isControlled
        self.reporter = reporter
    }

    /// What connecting takes at least.
    private var connectDelay: Duration { entries.map(\.set.connectDelay).max() ?? .zero }

    /// Slows down whoever connects to the listener, where that is asked for or can be.
    func slowDown(_ listener: Listener) throws(NetworkError) {
        guard listener.network.isTCP, isControlled || connectDelay > .zero else { return }
        let slowConnect = SlowConnect(listener)
        if connectDelay > .zero { try slowConnect.set(connectDelay) }
        self.slowConnect = slowConnect
    }

    /// Ends what goes on by itself.
    func close() { slowConnect?.close() }

    // MARK: - Sets

    /// Adds a set, and says which number it has.
    @discardableResult
    func add(_ set: FaultSet, _ direction: FaultDirection) -> Int {
        lastID += 1
        entries.append(Entry(id: lastID, set: set, direction: direction, base: lastNumber))
        entriesChanged()
        return lastID
    }

    /// Puts another set in the place of one; false where there is none of this number.
    func change(_ id: Int, to set: FaultSet, _ direction: FaultDirection?) -> Bool {
        guard let place = entries.firstIndex(where: { $0.id == id }) else { return false }
        entries[place].set = set
        if let direction { entries[place].direction = direction }
        entriesChanged()
        return true
    }

    func remove(_ id: Int) -> Bool {
        guard let place = entries.firstIndex(where: { $0.id == id }) else { return false }
        entries.remove(at: place)
        entriesChanged()
        return true
    }

    private func entriesChanged() {
        for victim in victims.values { victim.apply(entries(for: victim.number)) }
        do throws(NetworkError) { try slowConnect?.set(connectDelay) } catch { reporter.fail(error) }
    }

    /// Those that apply to a connection.
    func entries(for number: Int) -> [Entry] {
        entries.filter { entry in
            entry.set.applies(to: number - entry.base, SeededRandom(seed: seed, for: number, entry.id, 0))
        }
    }

    /// The seed of a set's dice in one direction of a connection.
    func seed(_ entry: Entry, _ number: Int, _ side: RelaySide) -> UInt64 {
        var dice = SeededRandom(seed: seed, for: number, entry.id, side == .near ? 1 : 2)
        return dice.next()
    }

    // MARK: - Connections

    /// Takes note of a new connection, and says whether it is to be reset before anything else is done with it.
    func refuses(_ peer: Peer) -> Bool {
        lastNumber = max(lastNumber, peer.number)
        slowConnect?.noteAccepted(peer.connection)
        let refusing = entries(for: peer.number).first { entry in
            var dice = SeededRandom(seed: seed, for: peer.number, entry.id, 3)
            return entry.set.refusal > 0 && dice.happens(entry.set.refusal)
        }
        guard let refusing else { return false }
        report(peer.ends, FaultKey.text("refuse", of: refusing.set), refusing.direction, acts: true)
        return true
    }

    /// The two sides of a connection with what is wrong between them; nil where nothing is, and nothing can come.
    func spoil(_ near: any ByteStream, _ far: any ByteStream, of peer: Peer) -> FaultyPair? {
        let entries = entries(for: peer.number)
        guard spoils(entries) else { return nil }
        let pair = FaultyPair(near, far, peer, self, entries, isControlled: isControlled)
        victims[peer.number] = pair
        return pair
    }

    /// The same for a sender of datagrams, whose number is not above any later one's.
    func spoil(_ sender: ForwardedSender) -> FaultySender? {
        lastNumber = max(lastNumber, sender.number)
        let entries = entries(for: sender.number)
        guard spoils(entries) else { return nil }
        let victim = FaultySender(sender, self, entries, isControlled: isControlled)
        victims[sender.number] = victim
        return victim
    }

    private func spoils(_ entries: [Entry]) -> Bool {
        isControlled || entries.contains { $0.set.spoilsTraffic }
    }

    func forget(_ victim: any FaultVictim) { victims[victim.number] = nil }

    @inline(never)
    func report(_ ends: Ends, _ fault: String, _ direction: FaultDirection, acts: Bool) {
        guard reporter.isReported(.verbose) else { return }
        reporter.report(FaultEvent(ends: ends, fault: fault, direction: direction.rawValue, acts: acts))
    }
}
