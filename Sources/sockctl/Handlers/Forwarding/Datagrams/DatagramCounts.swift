/// What went through a forwarder of datagrams, and what did not.
struct DatagramCounts: Sendable {
    /// How many datagrams went one way, and how many bytes they had.
    struct Way: Sendable {
        var datagrams = 0
        var bytes = 0

        static func += (left: inout Way, right: Way) {
            left.datagrams += right.datagrams
            left.bytes += right.bytes
        }
    }

    var senders = 0
    var up = Way()
    var down = Way()
    /// Given up here: too many senders, no socket to be had, a receiver that takes nothing or not so much at once.
    var dropped = 0
    /// Refusals that came back from targets.
    var refused = 0

    var measures: [Measure] {
        [
            Measure("senders", .count(senders)), Measure("datagrams_up", .count(up.datagrams)),
            Measure("bytes_up", .bytes(up.bytes)), Measure("datagrams_down", .count(down.datagrams)),
            Measure("bytes_down", .bytes(down.bytes)), Measure("dropped", .count(dropped)),
            Measure("refused", .count(refused)),
        ]
    }
}
