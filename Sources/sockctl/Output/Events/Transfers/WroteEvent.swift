import SockKit

struct WroteEvent: Event {
    static let name = "wrote"
    static let level = EventLevel.transfer
    static let summary = "One write; a probe's write has a number and the time that it took."
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.bytes), Field("total", "How many bytes were written so far.", \.total),
            Field("index", "The number of a probe's write, from 1.", \.probed?.index),
            Field("seconds", "How long a probe's write took.", \.probed?.duration),
            Field.error { $0.probed?.error.map { Failure($0) } },
        ]

    let ends: Ends
    let bytes: Int
    let total: Int
    /// The write as a probe tells it; nil for all others.
    var probed: WriteBlockEvent.Write?

    func text(on terminal: Terminal) -> String {
        guard let probed else { return Quantity.transfer("wrote", bytes, total, ends) }
        return terminal.wrap(
            (probed.writer == .peer ? "peer: " : "") + "write \(bytes) bytes this time, \(total) bytes in total"
                + (probed.isGivenUp ? ", cut off: it still waited for room" : "")
                + (probed.error.map { ", " + terminal.paint("error: \($0.description)", .error) } ?? ""))
    }
}
