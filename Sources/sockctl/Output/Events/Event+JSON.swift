import SockKit

extension Event {
    /// The event's fields after `event`, `time` and `elapsed`, in the order of the table.
    var fields: [JSONValue.Member] {
        let members: [JSONValue.Member] =
            switch self {
            case .listening(let ends, let backlog, _): ends.members + .some("backlog", backlog.map(JSONValue.integer))
            case .resolved(let host, let addresses, let time):
                [
                    .init("host", .string(host)), .init("addresses", .array(addresses.map { .string($0.description) })),
                    .init("seconds", .seconds(time)),
                ]
            case .connecting(let ends, let attempt): ends.members + [.init("attempt", .integer(attempt))]
            case .attemptFailed(let error, let attempt):
                Failure(error).members(before: [.init("attempt", .integer(attempt))])
            case .synRetransmitted(let ends, let count): ends.members + [.init("count", .integer(count))]
            case .connected(let ends, let attempt, let resolve, let connect):
                ends.members + [.init("attempt", .integer(attempt))]
                    + .some("resolve_seconds", resolve.map(JSONValue.seconds))
                    + [.init("connect_seconds", .seconds(connect))]
            case .accepted(let ends): ends.members
            case .socketOptions(let ends, let facts): ends.members + [.init("options", facts.json)]
            case .firstByte(let ends, let time): ends.members + [.init("seconds", .seconds(time))]
            case .read(let ends, let bytes, let total, let reader):
                ends.members + [.init("bytes", .integer(bytes)), .init("total", .integer(total))]
                    + .some("reader", reader.map(JSONValue.integer))
            case .wrote(let ends, let bytes, let total):
                ends.members + [.init("bytes", .integer(bytes)), .init("total", .integer(total))]
            case .datagramReceived(let ends, let facts): ends.members + facts.members(isReceived: true)
            case .datagramSent(let ends, let facts): ends.members + facts.members(isReceived: false)
            case .message(let ends, let index, let bytes):
                ends.members + [.init("bytes", .integer(bytes)), .init("index", .integer(index))]
            case .acknowledged(let ends, let id, let result, let time):
                ends.members
                    + [.init("id", .string(id)), .init("result", .integer(result)), .init("seconds", .seconds(time))]
            case .reply(let ends, let facts): ends.members + facts.members
            case .gap(let ends, let from, let count):
                ends.members + [.init("from", .integer(from)), .init("count", .integer(count))]
            case .dropped(let ends, let count, let buffer):
                ends.members + [.init("count", .integer(count))]
                    + .some("receive_buffer", buffer.map(JSONValue.integer))
            case .halfClosed(let ends, let side): ends.members + [.init("by", .string(side.rawValue))]
            case .keepAlive(let ends, let silence, let limit):
                ends.members + [.init("seconds", .seconds(silence)), .init("limit", .seconds(limit))]
            case .closed(let ends, let closing): ends.members + closing.members
            case .failed(let failure): failure.members()
            case .retrying(let attempt, let delay, let failure):
                failure.members(before: [.init("attempt", .integer(attempt)), .init("delay", .seconds(delay))])
            case .disconnected(let failure, let facts): failure.members(before: facts.members)
            case .reconnected(let ends, let dials, let time):
                ends.members + [.init("dials", .integer(dials)), .init("seconds", .seconds(time))]
            case .heartbeat(let ends, let index, let bytes):
                ends.members + [.init("bytes", .integer(bytes)), .init("index", .integer(index))]
            case .heartbeatAnswered(let ends, let index, let time):
                ends.members + [.init("index", .integer(index)), .init("seconds", .seconds(time))]
            case .roundTrip(let ends, let trip): ends.members + trip.members
            case .peerRefused(let ends, let reason): ends.members + [.init("reason", .string(reason))]
            case .torn(let ends, let index, let pieces):
                ends.members + [.init("index", .integer(index)), .init("pieces", .array(pieces.map(\.json)))]
            case .waited(let ends, let wait): ends.members + wait.members
            case .dialled(let ends, let dial): ends.members + dial.members
            case .queue(let ends, let reading): ends.members + reading.members
            case .syscall(let record): record.members
            case .note(let note): note.members
            case .writeBlock(let event, let ends): ends.members + event.members
            case .wroteAlike(_, let bytes, let total):
                [.init("bytes", .integer(bytes)), .init("total", .integer(total))]
            case .summary(let measures): measures.map { .init($0.name, $0.value.json) }
            }
        return members
    }
}

extension Array<JSONValue.Member> {
    /// A member that is there if its value is.
    static func some(_ name: String, _ value: JSONValue?) -> [JSONValue.Member] {
        value.map { [JSONValue.Member(name, $0)] } ?? []
    }
}

extension Ends {
    fileprivate var members: [JSONValue.Member] {
        .some("connection", connection.map(JSONValue.integer)) + [.init("network", .string(network.rawValue))]
            + .some("local", local.map { .string($0.description) })
            + .some("remote", remote.map { .string($0.description) })
    }
}

extension DatagramFacts {
    fileprivate func members(isReceived: Bool) -> [JSONValue.Member] {
        [.init("bytes", .integer(bytes))]
            + .some("truncated", isReceived ? .boolean(isTruncated) : nil)
            + [.init("length", .integer(length))]
            + .some("ttl", isReceived ? timeToLive.map(JSONValue.integer) : nil)
            + .some("to", destination.map { .string($0.description) })
            + .some("arrived", !isReceived ? nil : arrived.map { .string($0.rfc3339) })
    }
}

extension ReplyFacts {
    fileprivate var members: [JSONValue.Member] {
        [.init("bytes", .integer(bytes)), .init("length", .integer(length))]
            + .some("round_trip", roundTrip.map(JSONValue.seconds))
            + .some("sequence", sequence.map(JSONValue.integer)) + [.init("payload", .string(payload))]
            + .some("payload_escaped", escaped.map(JSONValue.string))
    }
}

extension Closing {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("by", .string(by.rawValue)), .init("seconds", .seconds(duration)),
            .init("bytes_received", .integer(received)), .init("bytes_sent", .integer(sent)),
        ]
            + .some("bytes_unread", unread.map(JSONValue.integer))
            + .some("bytes_unacknowledged", unacknowledged.map(JSONValue.integer))
            + .some("bytes_unsent", unsent.map(JSONValue.integer))
            + .some("silence_seconds", silence.map(JSONValue.seconds))
            + .some("messages", messages.map(JSONValue.integer)) + .some("tcp", tcp?.json)
    }
}

extension Disconnection {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("by", .string(by.rawValue)), .init("silence_seconds", .seconds(silence)),
            .init("bytes_sent", .integer(sent)),
        ]
            + .some("bytes_unacknowledged", unacknowledged.map(JSONValue.integer))
            + .some("bytes_at_risk", atRisk.map(JSONValue.integer)) + [.init("bytes_kept", .integer(kept))]
    }
}

extension RoundTrip {
    fileprivate var members: [JSONValue.Member] {
        .some("bytes", bytes.map(JSONValue.integer))
            + [
                .init("index", .integer(index)), .init("seconds", .seconds(duration)),
                .init("answered", .boolean(bytes != nil)),
            ]
    }
}

extension Failure {
    /// The error with its ends, and the fields of the event that come before it.
    fileprivate func members(before own: [JSONValue.Member] = []) -> [JSONValue.Member] {
        .some("connection", connection.map(JSONValue.integer))
            + .some("network", network.map { .string($0.rawValue) })
            + .some("local", local.map { .string($0.description) })
            + .some("remote", remote.map { .string($0.description) })
            + .some("bytes", bytes.map(JSONValue.integer)) + own + .some("seconds", waited.map(JSONValue.seconds))
            + .some("bytes_unread", unread.map(JSONValue.integer))
            + .some("bytes_unacknowledged", unacknowledged.map(JSONValue.integer))
            + .some("going_on", goesOn.map { .integer($0.of - $0.number) }) + [.init("error", json)]
    }

    /// The error as the member `error` has it.
    var json: JSONValue {
        .object(
            [.init("code", .string(code))] + .some("operation", operation.map(JSONValue.string))
                + .some("call", call.map(JSONValue.string)) + [.init("message", .string(message))]
                + .some("hint", hint.map(JSONValue.string)))
    }
}

extension BacklogDial {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("index", .integer(index)), .init("outcome", .string(outcome.rawValue)),
            .init("seconds", .seconds(duration)), .init("syn_retransmits", .integer(retransmits)),
        ]
    }
}

extension SystemCallRecord {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("call", .string(call)), .init("arguments", .string(arguments)), .init("result", .integer(result)),
        ]
            + .some("errno", errno.map { .string($0.name) }) + [.init("seconds", .seconds(duration))]
    }
}

extension Event.Note {
    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .inputUnfinished: []
        case .messageCut(let bytes, let length, let source):
            .some("remote", source.map { .string($0.description) })
                + [.init("bytes", .integer(bytes)), .init("length", .integer(length))]
        case .inputDropped(let bytes, let sent, _):
            [.init("bytes", .integer(bytes)), .init("bytes_sent", .integer(sent))]
        case .stopping(let reason): [.init("reason", .string(reason))]
        case .unanswered(let count): [.init("count", .integer(count))]
        case .reportsLost(let count): [.init("count", .integer(count))]
        }
    }
}

extension Measure.Value {
    fileprivate var json: JSONValue {
        switch self {
        case .count(let value), .bytes(let value): .integer(value)
        case .duration(let value): .seconds(value)
        case .flag(let value): .boolean(value)
        case .text(let value): .string(value)
        case .list(let values): .array(values.map(JSONValue.string))
        case .group(let parts): .object(parts.map { .init($0.name, $0.value.json) })
        case .counts(let values): .array(values.map(JSONValue.integer))
        case .rate(let value), .frequency(let value): .integer(value)
        case .nothing: .null
        }
    }
}

extension SocketFacts {
    private static func value(_ text: String) -> JSONValue {
        if let number = Int(text) { return .integer(number) }
        return text == "on" || text == "off" ? .boolean(text == "on") : .string(text)
    }

    fileprivate var json: JSONValue {
        .object(pairs.map { .init(String($0.name.map { $0 == " " ? "_" : $0 }), Self.value($0.value)) })
    }
}

extension TCPInfo {
    /// All that is known, under names that a program can use.
    var json: JSONValue {
        let members: [(String, JSONValue?)] = [
            ("state", .string(state.description)), ("round_trip", .seconds(roundTrip)),
            ("round_trip_variance", .seconds(roundTripVariance)),
            ("minimum_round_trip", minimumRoundTrip.map(JSONValue.seconds)),
            ("retransmission_timeout", .seconds(retransmissionTimeout)),
            ("retransmits", .integer(retransmits)), ("segments_sent", segmentsSent.map(JSONValue.integer)),
            ("segments_received", segmentsReceived.map(JSONValue.integer)), ("send_mss", .integer(sendMSS)),
            ("receive_mss", .integer(receiveMSS)), ("congestion_window", .integer(congestionWindow)),
            ("unacknowledged", .integer(unacknowledged)),
            ("selectively_acknowledged", .integer(selectivelyAcknowledged)), ("lost", .integer(lost)),
            ("bytes_acknowledged", bytesAcknowledged.map(JSONValue.integer)),
            ("bytes_received", bytesReceived.map(JSONValue.integer)),
            ("bytes_sent", bytesSent.map(JSONValue.integer)),
            ("bytes_retransmitted", bytesRetransmitted.map(JSONValue.integer)),
            ("bytes_unsent", notSentBytes.map(JSONValue.integer)),
            ("send_window", sendWindow.map(JSONValue.integer)), ("receive_space", .integer(receiveSpace)),
            ("delivery_rate", deliveryRate.map(JSONValue.integer)),
        ]
        return .object(members.compactMap { name, value in value.map { JSONValue.Member(name, $0) } })
    }
}
