/// In what units a capture counts time.
enum CaptureClock: Sendable, Hashable {
    /// A negative power of ten.
    case decimal(UInt8)
    /// A negative power of two.
    case binary(UInt8)

    static let microseconds = CaptureClock.decimal(6)
    static let nanoseconds = CaptureClock.decimal(9)

    /// As if_tsresol says it; nil for units that 64 bits of them could not tell apart.
    init?(resolution: UInt8) {
        let power = resolution & 0x7f
        if resolution & 0x80 == 0 {
            guard power <= 19 else { return nil }
            self = .decimal(power)
        } else {
            guard power <= 63 else { return nil }
            self = .binary(power)
        }
    }

    /// A time in nanoseconds since 1970, `offset` seconds later than it says; nil where that is beyond all clocks.
    func nanoseconds(_ time: UInt64, offset: Int64) -> Int64? {
        let billion: UInt128 = 1_000_000_000
        let total: UInt128
        switch self {
        case .decimal(let power):
            total = UInt128(time) * billion / (0..<power).reduce(1) { product, _ in product * 10 }
        case .binary(let power): total = (UInt128(time) * billion) >> UInt128(power)
        }
        guard let nanoseconds = Int64(exactly: total) else { return nil }
        let (shift, isTooFar) = offset.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isBeyond) = nanoseconds.addingReportingOverflow(shift)
        return isTooFar || isBeyond ? nil : sum
    }
}
