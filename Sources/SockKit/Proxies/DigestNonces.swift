/// The nonces of Digest that a server gives out (RFC 7616 section 3.3).
///
/// One is known again by its seal, so that nothing is kept for those who ask and never prove anything. Of one that was used
/// it is kept which counts were: a proof is good for once.
@Netpoller
struct DigestNonces {
    /// The counts of one nonce that were used: the highest, and the 64 up to it as bits, since several connections may
    /// come in another order than they were counted.
    private struct Uses {
        var highest: UInt32 = 0
        var bits: UInt64 = 0

        mutating func note(_ count: UInt32) -> Bool {
            guard count > 0 else { return false }
            if count > highest {
                let step = count - highest
                bits = step < 64 ? bits << UInt64(step) | 1 : 1
                highest = count
                return true
            }
            let age = highest - count
            guard age < 64, bits >> UInt64(age) & 1 == 0 else { return false }
            bits |= 1 << UInt64(age)
            return true
        }
    }

    private let secret: [UInt8] = (0..<32).map { _ in UInt8.random(in: 0...255) }
    private let start = Deadline.now
    private var used: [String: Uses] = [:]
    /// Older ones are not taken any more, whatever their age is.
    private var oldest: UInt64 = 0
    private let most: Int

    /// For how many seconds one is good.
    private static let lifetime: UInt64 = 300

    /// `most` is how many that were used are kept.
    init(most: Int = 4096) {
        self.most = most
    }

    private var now: UInt64 { UInt64((Deadline.now - start).components.seconds) + 1 }

    /// A new one.
    func make() -> String {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: now)
        bytes.append(bigEndian: UInt64.random(in: 0...UInt64.max))
        let text = bytes.hexadecimal
        return text + seal(of: text)
    }

    /// Whether it is one of ours, of age and not used with that count before, which it is from now on.
    mutating func accept(_ nonce: String, count: UInt32) -> Bool {
        let bytes = nonce.utf8
        guard bytes.count == 64, let text = String(bytes.prefix(32)), let time = UInt64(text.prefix(16), radix: 16),
            text + seal(of: text) == nonce, time >= oldest, now - time <= Self.lifetime
        else { return false }
        if used[nonce] == nil, used.count >= most { forget() }
        return used[nonce, default: Uses()].note(count)
    }

    /// Forgets those that are too old, or else all: none that was given out before is good any more.
    private mutating func forget() {
        let end = now
        used = used.filter { end - (UInt64($0.key.prefix(16), radix: 16) ?? 0) <= Self.lifetime }
        guard used.count >= most else { return }
        used = [:]
        oldest = end + 1
    }

    private func seal(of text: String) -> String {
        String(SHA256.hash(secret + Array(text.utf8)).hexadecimal.prefix(32))
    }
}
