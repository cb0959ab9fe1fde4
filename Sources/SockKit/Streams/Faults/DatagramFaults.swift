/// What is wrong, on purpose, with single datagrams: the chance of each, from 0 to 1.
public struct DatagramFaults: Sendable, Hashable {
    /// It never arrives.
    public var loss = 0.0
    /// It arrives twice.
    public var duplication = 0.0
    /// The next one overtakes it.
    public var reordering = 0.0

    public init() {}

    public var isNone: Bool { loss == 0 && duplication == 0 && reordering == 0 }
}

/// The dice of such faults, and what they say of one datagram after the other.
struct DatagramDice {
    struct Fate: Hashable {
        var isLost = false
        var isDoubled = false
        var isOvertaken = false
    }

    var faults: DatagramFaults
    private var loss: SeededRandom
    private var duplication: SeededRandom
    private var reordering: SeededRandom

    init(_ faults: DatagramFaults, seed: UInt64) {
        self.faults = faults
        loss = SeededRandom(seed: seed, for: 3)
        duplication = SeededRandom(seed: seed, for: 4)
        reordering = SeededRandom(seed: seed, for: 5)
    }

    /// Each is thrown for each datagram, whatever the others say: what becomes of the n-th depends on nothing else.
    mutating func next() -> Fate {
        Fate(
            isLost: loss.happens(faults.loss), isDoubled: duplication.happens(faults.duplication),
            isOvertaken: reordering.happens(faults.reordering))
    }
}
