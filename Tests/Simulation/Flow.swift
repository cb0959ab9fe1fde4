/// The bytes of one direction: what the kernel took at one end, and what came out at the other.
@Netpoller
final class Flow {
    private let key: Int
    private var frames = 0
    /// Sent and not yet seen, and seen before the write that gave them came back.
    private var ahead: [UInt8] = []
    private var early: [UInt8] = []
    /// Sent, and come out.
    private(set) var compared = 0

    init() { key = chance.below(1 << 20) }

    /// The next bytes to send.
    func make(_ count: Int) -> [UInt8] {
        frames += 1
        var value = UInt64(key &* 7919 &+ frames) &* 0x9e37_79b9_7f4a_7c15
        return [UInt8](unsafeUninitializedCapacity: count) { bytes, made in
            for index in 0..<count {
                value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[index] = UInt8(truncatingIfNeeded: value >> 56)
            }
            made = count
        }
    }

    func noteSent(_ bytes: ArraySlice<UInt8>) {
        ahead += bytes
        compare()
    }

    func noteReceived(_ bytes: Span<UInt8>) {
        chance.step(UInt64(bytes.count))
        bytes.withUnsafeBufferPointer { early.append(contentsOf: $0) }
        compare()
    }

    private func compare() {
        let common = min(ahead.count, early.count)
        guard common > 0 else { return }
        if ahead[..<common] != early[..<common] {
            let index = zip(ahead, early).prefix { $0 == $1 }.count
            found("byte \(compared + index) of a flow is another one than was sent")
        }
        ahead.removeFirst(common)
        early.removeFirst(common)
        compared += common
    }

    /// No writer is left. More than was sent must not have come out, and where it `isWhole`, all of it.
    func settle(isWhole: Bool) {
        if !early.isEmpty { found("\(early.count) bytes came out that nobody sent") }
        if isWhole, !ahead.isEmpty { found("\(ahead.count) bytes were lost before the end, after \(compared)") }
        chance.step(UInt64(compared))
    }
}
