import SockKit

/// What the kernel said of a listener's queue at some moment of a backlog probe.
struct QueueReading: Sendable {
    enum Moment: String, Sendable {
        case before, waiting, after
    }

    let moment: Moment
    /// The dial that waits.
    var index: Int?
    var queue: ListeningQueue?
    /// The kernel's, not differences.
    var counters: ListenCounters?
    /// When the kernel would give up a dial by itself.
    var timeout: Duration?

    var members: [JSONValue.Member] {
        func known(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
        return [
            .init("moment", .string(moment.rawValue)), .init("index", known(index)),
            .init("queue_length", known(queue?.length)), .init("queue_limit", known(queue?.limit)),
            .init("listen_overflows", known(counters?.overflows)), .init("listen_drops", known(counters?.drops)),
            .init("predicted_timeout", timeout.map(JSONValue.seconds) ?? .null),
        ]
    }

    var text: String {
        func known(_ value: Int?) -> String { value.map { "\($0)" } ?? "-" }
        return "queue \(moment.rawValue): \(known(queue?.length)) of \(known(queue?.limit)), "
            + "ListenOverflows \(known(counters?.overflows)), ListenDrops \(known(counters?.drops))"
    }
}
