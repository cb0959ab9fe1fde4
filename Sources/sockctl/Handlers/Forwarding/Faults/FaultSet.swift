import SockKit

/// One value of `--fault`, `--up` or `--down`: what is wrong on purpose, and with which connections.
struct FaultSet: Equatable, Sendable {
    /// What is done to a stream's bytes.
    var stream = StreamFaults()
    /// What is done to single datagrams.
    var datagrams = DatagramFaults()
    /// The chance of a connection to be reset at once.
    var refusal = 0.0
    /// What connecting takes at least.
    var connectDelay = Duration.zero
    /// Only the first so many.
    var first: Int?
    /// Only each so-manieth.
    var every: Int?
    /// The chance of a connection to be one that it applies to.
    var share = 1.0

    /// Whether it does anything to what passes.
    var spoilsTraffic: Bool { !stream.isNone || !datagrams.isNone }

    /// Whether the `index`-th connection, or sender of datagrams, from 1, is one that it applies to; its dice are thrown once for each.
    func applies(to index: Int, _ dice: consuming SeededRandom) -> Bool {
        guard index >= 1 || first == nil && every == nil else { return false }
        if let first, index > first { return false }
        if let every, index % every != 0 { return false }
        return share >= 1 || dice.happens(share)
    }
}

/// The directions that faults are about.
enum FaultDirection: String, CaseIterable, Sendable {
    /// From the peer to the target.
    case up
    /// From the target to the peer.
    case down
    case both

    func includes(_ side: RelaySide) -> Bool { self == .both || self == (side == .near ? .up : .down) }
}
