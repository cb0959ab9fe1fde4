import SockKit

struct QueueEvent: Event {
    static let name = "queue"
    static let level = EventLevel.verbose
    static let summary = """
        A listener's queue and the kernel's counters as backlog-probe read them `before` the first dial, when one \
        was `waiting`, and `after` all; the last is when the kernel would give up a dial by itself.
        """
    /// Null where the kernel does not tell, or nobody asked.
    static let fields =
        Field.ends(\.ends) + [
            Field("moment", "When they were read.", \.moment.rawValue),
            Field("index", "The dial that waits.") { .known($0.index) },
            Field("queue_length", "How many wait in the queue.") { .known($0.queue?.length) },
            Field("queue_limit", "How many are too few for it to be full.") { .known($0.queue?.limit) },
            Field("listen_overflows", "The kernel's ListenOverflows.") { .known($0.counters?.overflows) },
            Field("listen_drops", "The kernel's ListenDrops.") { .known($0.counters?.drops) },
            Field("predicted_timeout", "When the kernel would give up a dial.") {
                $0.timeout.map(JSONValue.seconds) ?? .null
            },
        ]

    enum Moment: String, Sendable {
        case before, waiting, after
    }

    let ends: Ends
    let moment: Moment
    var index: Int?
    var queue: ListeningQueue?
    var counters: ListenCounters?
    var timeout: Duration?

    func text(on terminal: Terminal) -> String {
        func known(_ value: Int?) -> String { value.map { "\($0)" } ?? "-" }
        return "queue \(moment.rawValue): \(known(queue?.length)) of \(known(queue?.limit)), "
            + "ListenOverflows \(known(counters?.overflows)), ListenDrops \(known(counters?.drops))"
    }
}
