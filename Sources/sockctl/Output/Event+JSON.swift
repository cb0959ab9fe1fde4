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
            case .read(let ends, let bytes, let total), .wrote(let ends, let bytes, let total):
                ends.members + [.init("bytes", .integer(bytes)), .init("total", .integer(total))]
            case .datagramReceived(let ends, let facts): ends.members + facts.members(isReceived: true)
            case .datagramSent(let ends, let facts): ends.members + facts.members(isReceived: false)
            case .halfClosed(let ends, let side): ends.members + [.init("by", .string(side.rawValue))]
            case .closed(let ends, let closing): ends.members + closing.members
            case .failed(let failure): failure.members()
            case .retrying(let attempt, let delay, let failure):
                failure.members(before: [.init("attempt", .integer(attempt)), .init("delay", .seconds(delay))])
            case .peerRefused(let ends, let reason): ends.members + [.init("reason", .string(reason))]
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
    }
}

extension Closing {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("by", .string(by.rawValue)), .init("seconds", .seconds(duration)),
            .init("bytes_received", .integer(received)), .init("bytes_sent", .integer(sent)),
        ]
            + .some("bytes_unacknowledged", unacknowledged.map(JSONValue.integer)) + .some("tcp", tcp?.json)
    }
}

extension Failure {
    /// The error with its ends, and the fields of the event that come before it.
    fileprivate func members(before own: [JSONValue.Member] = []) -> [JSONValue.Member] {
        .some("connection", connection.map(JSONValue.integer))
            + .some("network", network.map { .string($0.rawValue) })
            + .some("local", local.map { .string($0.description) })
            + .some("remote", remote.map { .string($0.description) })
            + .some("bytes", bytes.map(JSONValue.integer)) + own + [.init("error", json)]
    }

    /// The error as the member `error` has it.
    var json: JSONValue {
        .object(
            [.init("code", .string(code))] + .some("operation", operation.map(JSONValue.string))
                + .some("call", call.map(JSONValue.string)) + [.init("message", .string(message))]
                + .some("hint", hint.map(JSONValue.string)))
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
        case .messageCut(let bytes, let length):
            [.init("bytes", .integer(bytes)), .init("length", .integer(length))]
        case .inputDropped(let bytes, let sent): [.init("bytes", .integer(bytes)), .init("bytes_sent", .integer(sent))]
        case .stopping(let reason): [.init("reason", .string(reason))]
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
