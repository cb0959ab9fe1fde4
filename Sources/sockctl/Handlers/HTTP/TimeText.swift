import SockKit

/// The time as the documents' server writes it, which is what Go's `time.Now().String()` is but for the monotonic clock:
/// `2006-01-02 15:04:05.000000000 +0000 UTC`.
@Netpoller
final class TimeText {
    static let shared = TimeText()

    private var second = Int64.min
    private var text: [UInt8] = []
    /// Where the nine digits of the fraction stand.
    private var fraction = 0..<0

    /// All but the fraction changes once a second only.
    func now() -> [UInt8] {
        let now = Timestamp.now
        if now.seconds != second { renew(now) }
        var rest = now.nanoseconds
        for index in fraction.reversed() {
            text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return text
    }

    private func renew(_ now: Timestamp) {
        second = now.seconds
        let (date, zone) = now.goParts
        text = Array("\(date).000000000 \(zone)\n".utf8)
        fraction = date.utf8.count + 1..<date.utf8.count + 10
    }
}
