/// Random numbers that are the same in every run with the same seed (SplitMix64).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// Numbers of their own for one of many: which others there are, and when they ask, changes nothing.
    package init(seed: UInt64, for parts: Int...) {
        state = seed
        // Mixed before and after each part: seeds that are neighbours share nothing, whichever parts follow.
        state = next()
        for part in parts {
            state ^= UInt64(bitPattern: Int64(part))
            state = next()
        }
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True with this chance, from 0 to 1.
    package mutating func happens(_ chance: Double) -> Bool {
        chance >= 1 || Double.random(in: 0..<1, using: &self) < chance
    }

    /// How many times something of this chance fails to happen before it does (a geometric distribution).
    package mutating func misses(before chance: Double) -> Int {
        if chance >= 1 { return 0 }
        guard chance > 0 else { return .max }
        // 1 - u is above 0, so that its logarithm is finite.
        // Of a tiny chance nothing would be left beside the 1: there the logarithm is the chance itself, times that of e.
        let miss = chance < 1e-8 ? -chance * 0.4342944819032518 : (1 - chance).commonLogarithm
        let share = (1 - Double.random(in: 0..<1, using: &self)).commonLogarithm / miss
        return share < 1e18 ? Int(share) : .max
    }

    /// A number of the normal distribution around 0 with a deviation of 1 (the polar method of Marsaglia).
    package mutating func normal() -> Double {
        while true {
            let x = Double.random(in: -1...1, using: &self)
            let y = Double.random(in: -1...1, using: &self)
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            // 2.302585... is the natural logarithm of 10.
            return x * (-2 * square.commonLogarithm * 2.302585092994046 / square).squareRoot()
        }
    }
}
