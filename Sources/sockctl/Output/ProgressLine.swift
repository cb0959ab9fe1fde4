import SockKit

/// How far a transfer is, as one line of text.
struct ProgressLine: Sendable, Hashable {
    var bytes: Int
    var elapsed: Duration
    /// How much there is to transfer, where that is known.
    var total: Int?
    /// What came in the last moments: the rate now, which the time left is reckoned from.
    var recentBytes: Int
    var recentTime: Duration

    /// `1.2 GiB  812 MiB/s  1.50 s  24 %  4.75 s left`, cut to the width.
    func text(width: Int) -> String {
        var parts = [Quantity.bytes(bytes)]
        if let rate = Quantity.rate(recentBytes, in: recentTime) { parts.append(rate) }
        parts.append(Quantity.duration(elapsed))
        if let total, total > 0 {
            parts.append("\(min(100, Int(Double(bytes) / Double(total) * 100))) %")
            if let timeLeft { parts.append("\(Quantity.duration(timeLeft)) left") }
        }
        // What does not fit is left out whole: half a number would be another number.
        var line = parts[0]
        for part in parts.dropFirst() where line.count + 2 + part.count <= width { line += "  \(part)" }
        return line
    }

    /// Nil where it is not known, nothing moves, or it would be decades: the total is what a stranger says it is.
    private var timeLeft: Duration? {
        guard let total, bytes < total, recentBytes > 0, recentTime > .zero else { return nil }
        let seconds = recentTime.seconds * Double(total - bytes) / Double(recentBytes)
        return seconds < 1e9 ? .seconds(seconds) : nil
    }
}
