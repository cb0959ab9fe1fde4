import SockKit

/// Which packets are unanswered, since when, and how the answers were.
///
/// Packets are numbered from 0, the connect, and answered in that order.
struct SubmitLog {
    let window: Int
    /// When each unanswered packet went, in a ring of the window's size and a place for the connect.
    private var sentAt: [Deadline]
    private(set) var sent = 0
    private(set) var answered = 0
    /// Submits whose result was not 0.
    private(set) var failed = 0
    private var roundTrips = RoundTripSamples()
    private var firstSent: Deadline?
    private var lastAnswered: Deadline?

    init(window: Int) {
        self.window = window
        sentAt = [Deadline](repeating: .past, count: window + 1)
    }

    var unanswered: Int { sent - answered }
    /// How many more may go now.
    var room: Int { window - unanswered }
    /// Whether the connect was answered.
    var isConnected: Bool { answered > 0 }

    /// So many more packets go, now.
    mutating func send(_ count: Int) {
        let now = Deadline.now
        for number in sent..<sent + count { sentAt[number % sentAt.count] = now }
        if sent > 0, firstSent == nil { firstSent = now }
        sent += count
    }

    /// An answer came: which packet's it is, and how long that took; or what is wrong with it.
    mutating func answer(
        _ packet: Span<UInt8>, _ index: Int, at moment: Deadline
    ) throws(FramingError) -> (id: Packet.ID, result: Int, time: Duration) {
        let (command, id, result) = (packet[0], Packet.ID(packet, at: 1), packet[Packet.headWidth])
        guard unanswered > 0 else { throw FramingError("packet \(index)", .invalid("answers nothing that was sent")) }
        let wanted = answered == 0 ? Packet.Command.connectAck : Packet.Command.submitAck
        guard command == wanted else {
            throw FramingError(
                "packet \(index)",
                .invalid("has the command \(Packet.spelling(command)) where \(Packet.spelling(wanted)) was due"))
        }
        let due = Packet.ID(answered)
        guard id == due else {
            throw FramingError("packet \(index)", .invalid("answers '\(id.text)' where '\(due.text)' was due"))
        }
        let time = moment - sentAt[answered % sentAt.count]
        if answered > 0 {
            roundTrips.add(time)
            if result != 0 { failed += 1 }
            lastAnswered = moment
        }
        answered += 1
        return (id, Int(result), time)
    }

    /// What the summary says.
    var measures: [Measure] {
        let span = firstSent.flatMap { first in lastAnswered.map { $0 - first } } ?? .zero
        let acknowledged = max(0, answered - 1)
        let perSecond = span > .zero ? Int(Double(acknowledged) * 1e9 / Double(span.wholeNanoseconds)) : nil
        return [
            Measure("submitted", .count(max(0, sent - 1))), Measure("acknowledged", .count(acknowledged)),
            Measure("failed", .count(failed)),
            Measure("round_trip", roundTrips.summary?.value ?? .nothing),
            Measure("rate", perSecond.map(Measure.Value.frequency) ?? .nothing),
        ]
    }
}
