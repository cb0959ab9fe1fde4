import SockKit

struct ClosedEvent: Event {
    static let name = "closed"
    static let level = EventLevel.verbose
    static let summary = """
        The connection is over, by `local`, `peer`, `reset` or `timeout`, so long after the peer's last byte; \
        `tcp` is what the kernel knows of it.
        """
    static let fields =
        Field.ends(\.ends) + [
            Field("by", "What ended it.", \.by.rawValue), Field("seconds", "How long it had lasted.", \.duration),
            Field("bytes_received", "How many bytes were read.", \.received),
            Field("bytes_sent", "How many bytes were written.", \.sent),
            Field("bytes_unread", "How many bytes had arrived and were never read.", \.unread),
            Field(
                "bytes_unacknowledged", "How many bytes the peer's kernel never acknowledged, where that is known.",
                \.unacknowledged),
            Field("bytes_unsent", "How many of these were not even sent.", \.unsent),
            Field("silence_seconds", "The time since the peer's last byte, or the beginning.", \.silence),
            Field("messages", "How many whole messages came, where they were told apart.", \.messages),
            Field("target", "Of a forwarded connection: to whom it was joined.", \.pair?.target),
            Field("bytes_up", "How many of its peer's bytes were given to the target's connection.", \.pair?.up),
            Field(
                "bytes_down",
                """
                How many of the target's bytes were given to the peer's connection; `bytes_unacknowledged` of them the \
                peer's kernel has not acknowledged.
                """,
                \.pair?.down),
            Field("tcp", "What the kernel knew of the connection just before the close: an object.", \.tcp),
        ]

    let ends: Ends
    let by: ConnectionEnding
    let duration: Duration
    let received: Int
    let sent: Int
    var unread: Int?
    var unacknowledged: Int?
    var unsent: Int?
    var silence: Duration?
    var messages: Int?
    var pair: PairTotals?
    var tcp: TCPInfo?
    /// Whether each line says whose it is: a server has other peers, too.
    var namesPeer = false

    func text(on terminal: Terminal) -> String {
        var line = "closed \(terminal.peer(ends)) \(phrase) after \(Quantity.duration(duration)): "
        line += pair.map(passed) ?? transferred
        if let unread, unread > 0 { line += ", " + terminal.paint("\(Quantity.bytes(unread)) unread", .error) }
        // At an ordinary end the acknowledgement is merely on its way.
        if let unacknowledged, unacknowledged > 0, isBrokenOff {
            line += ", " + terminal.paint("\(Quantity.bytes(unacknowledged)) of it not acknowledged", .error)
            if let unsent, unsent > 0 {
                line += ", " + terminal.paint("\(Quantity.bytes(unsent)) not even sent", .error)
            }
        }
        if let silence, by == .reset || by == .timeout { line += ", after \(Quantity.duration(silence)) of silence" }
        guard let tcp else { return line }
        let whose = namesPeer ? ", \(terminal.peer(ends))" : ""
        return line + "\n" + terminal.paint("tcp: \(tcp.text)", .dim) + whose
    }

    /// Bytes that were on their way went down with it.
    private var isBrokenOff: Bool {
        by == .reset || by == .timeout || pair.map { $0.losses.unacknowledged > 0 } ?? false
    }

    /// What ended it. Of a pair it is one side or the other.
    private var phrase: String {
        guard let side = pair?.endedBy else { return by.phrase }
        let who = side == .near ? "the peer" : "the target"
        return by == .timeout ? by.phrase : by == .reset ? "by \(who)'s reset" : "by \(who)"
    }

    private var transferred: String {
        var line = "received \(amount(received))"
        if let messages { line += " in \(Quantity.count(messages, "message"))" }
        return line + ", sent \(amount(sent))"
    }

    private func passed(_ pair: PairTotals) -> String {
        "\(amount(pair.up)) up to \(pair.target.printable), \(amount(pair.down)) down"
    }

    private func amount(_ bytes: Int) -> String {
        let rate = bytes > 0 ? Quantity.rate(bytes, in: duration) : nil
        return Quantity.bytes(bytes) + (rate.map { " (\($0))" } ?? "")
    }
}

extension TCPInfo {
    fileprivate var text: String {
        var parts = [
            state.description, "round trip \(Quantity.duration(roundTrip)) ± \(Quantity.duration(roundTripVariance))",
            Quantity.count(retransmits, "retransmit"),
        ]
        if let segmentsSent, let segmentsReceived {
            parts.append("segments \(segmentsSent) sent, \(segmentsReceived) received")
        }
        parts.append("mss \(sendMSS)")
        return parts.joined(separator: ", ")
    }
}

extension TCPInfo: JSONRepresentable {
    /// All that is known, under names that a program can use.
    var json: JSONValue {
        let members: [(String, (any JSONRepresentable)?)] = [
            ("state", state.description), ("round_trip", roundTrip), ("round_trip_variance", roundTripVariance),
            ("minimum_round_trip", minimumRoundTrip), ("retransmission_timeout", retransmissionTimeout),
            ("retransmits", retransmits), ("segments_sent", segmentsSent), ("segments_received", segmentsReceived),
            ("send_mss", sendMSS), ("receive_mss", receiveMSS), ("congestion_window", congestionWindow),
            ("unacknowledged", unacknowledged), ("selectively_acknowledged", selectivelyAcknowledged), ("lost", lost),
            ("bytes_acknowledged", bytesAcknowledged), ("bytes_received", bytesReceived), ("bytes_sent", bytesSent),
            ("bytes_retransmitted", bytesRetransmitted), ("bytes_unsent", notSentBytes), ("send_window", sendWindow),
            ("receive_space", receiveSpace), ("delivery_rate", deliveryRate),
        ]
        return .object(members.compactMap { name, value in value.map { JSONValue.Member(name, $0.json) } })
    }
}
