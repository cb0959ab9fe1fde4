import SockKit

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
    // What faults did on purpose.
    private var lost = 0
    private var doubled = 0
    private var overtaken = 0
    private var corrupted = 0

    mutating func note(_ deed: FaultyPath.Deed) {
        switch deed {
        case .lost: lost += 1
        case .doubled: doubled += 1
        case .overtaken: overtaken += 1
        case .corrupted: corrupted += 1
        case .crowdedOut: dropped += 1
        }
    }

    var measures: [Measure] {
        [
            Measure("senders", .count(senders)), Measure("datagrams_up", .count(up.datagrams)),
            Measure("bytes_up", .bytes(up.bytes)), Measure("datagrams_down", .count(down.datagrams)),
            Measure("bytes_down", .bytes(down.bytes)), Measure("dropped", .count(dropped)),
            Measure("refused", .count(refused)),
        ]
    }

    var measuresOfFaults: [Measure] {
        [
            Measure("lost", .count(lost)), Measure("duplicated", .count(doubled)),
            Measure("reordered", .count(overtaken)), Measure("corrupted", .count(corrupted)),
        ]
    }
}
