import SockKit

extension Event {
    /// The event as lines for people, without the newline at the end.
    func text(on terminal: Terminal) -> String {
        let paint = terminal.paint
        func peer(_ ends: Ends) -> String { paint(ends.peerName, .address) }
        switch self {
        case .listening(let ends, _, let note):
            return paint("listening", .good) + " on \(paint(ends.listeningName, .address))"
                + (note.map { " (\($0))" } ?? "")
        case .resolved(let host, let addresses, let time):
            let list = addresses.map(\.description).joined(separator: ", ")
            return "resolved \(host.printable) to \(list) in \(Quantity.duration(time))"
        case .connecting(let ends, let attempt):
            return "connecting to \(peer(ends))" + (attempt > 1 ? ", attempt \(attempt)" : "")
        case .attemptFailed(let error, let attempt): return "attempt \(attempt) failed: \(error.description.printable)"
        case .synRetransmitted(let ends, let count):
            return "no answer from \(peer(ends)): SYN sent again, \(Quantity.count(count, "time")) so far"
        case .connected(let ends, _, let resolve, let connect):
            return paint("connected", .good) + " to \(peer(ends))"
                + (ends.local.flatMap(\.name).map { " from \($0.printable)" } ?? "")
                + " in \(Quantity.duration(connect))"
                + (resolve.map { ", resolved in \(Quantity.duration($0))" } ?? "")
        case .accepted(let ends):
            return paint("accepted", .good) + " \(peer(ends))"
                + (ends.connection.map { ends.remote?.name == nil ? "" : ", connection \($0)" } ?? "")
        case .socketOptions(_, let facts):
            return paint("socket: " + facts.pairs.map { "\($0.name) \($0.value)" }.joined(separator: ", "), .dim)
        case .firstByte(_, let time): return "first byte after \(Quantity.duration(time))"
        case .read(let ends, let bytes, let total, let reader):
            return Self.transfer("read ", bytes, total, ends) + (reader.map { ", reader \($0)" } ?? "")
        case .wrote(let ends, let bytes, let total): return Self.transfer("wrote", bytes, total, ends)
        case .datagramReceived(let ends, let facts):
            return "from \(peer(ends)), \(Quantity.count(facts.bytes, "byte"))"
                + (facts.isTruncated ? ", cut: it had \(Quantity.count(facts.length, "byte"))" : "")
                + facts.circumstances
        case .datagramSent(let ends, let facts):
            let target = facts.destination?.name.map { paint($0, .address) } ?? peer(ends)
            return "to \(target), \(Quantity.count(facts.bytes, "byte"))"
        case .message(let ends, let index, let bytes):
            return "message \(index), \(Quantity.bytes(bytes)), \(peer(ends))"
        case .acknowledged(let ends, let id, let result, let time):
            let outcome = result == 0 ? "ok" : paint("failed, result \(result)", .error)
            return "ack of \(id.printable): \(outcome), after \(Quantity.duration(time)), \(peer(ends))"
        case .reply(let ends, let facts):
            return paint("reply", .good) + " from \(peer(ends)), \(Quantity.count(facts.bytes, "byte"))"
                + (facts.roundTrip.map { " in \(Quantity.duration($0))" } ?? "") + ": \(facts.line)"
        case .gap(let ends, let from, let count):
            return "missing from \(peer(ends)): \(Quantity.count(count, "datagram")), from number \(from) on"
        case .dropped(_, let count, let buffer):
            return "\(Quantity.count(count, "datagram")) dropped by the kernel: the receive buffer"
                + (buffer.map { " of \(Quantity.bytes($0))" } ?? "") + " was full"
        case .halfClosed(let ends, .local): return "half-closed: nothing more goes to \(peer(ends))"
        case .halfClosed(let ends, .peer): return "half-closed: nothing more comes from \(peer(ends))"
        case .keepAlive(let ends, let silence, let limit):
            return "keep alive: \(peer(ends)), after a silence of \(Quantity.duration(silence)); "
                + "\(Quantity.duration(limit)) are allowed"
        case .closed(let ends, let closing): return closing.text(of: ends, on: terminal)
        case .failed(let failure): return failure.text(on: terminal)
        case .retrying(let attempt, let delay, let failure):
            return "retrying in \(Quantity.duration(delay)), attempt \(attempt): \(failure.message.printable)"
        case .disconnected(let failure, let facts):
            let ends = Ends(failure.network ?? .tcp, remote: failure.remote, connection: failure.connection)
            return paint("disconnected", .error) + " from \(peer(ends)) \(facts.by.phrase), "
                + "after \(Quantity.duration(facts.silence)) of silence" + (facts.account.map { "\n" + $0 } ?? "")
        case .reconnected(let ends, let dials, let time):
            return paint("connected", .good) + " to \(peer(ends)) after \(Quantity.duration(time)), "
                + Quantity.count(dials, "dial")
        case .heartbeat(_, let index, let bytes): return "heartbeat \(index) sent, \(Quantity.bytes(bytes))"
        case .heartbeatAnswered(_, let index, let time):
            return "heartbeat \(index) answered after \(Quantity.duration(time))"
        case .roundTrip(_, let trip):
            return "round trip \(trip.index): "
                + (trip.bytes.map { "\(Quantity.duration(trip.duration)), \(Quantity.bytes($0))" }
                    ?? "no answer in \(Quantity.duration(trip.duration))")
        case .peerRefused(let ends, let reason): return "refused \(peer(ends)): \(reason.printable)"
        case .torn(_, let index, let pieces):
            return paint("torn", .error) + " message \(index): \(pieces.map(\.text).joined(separator: " "))"
        case .waited(_, let wait): return wait.text
        case .dialled(_, let dial): return dial.text
        case .queue(_, let reading): return reading.text
        case .syscall(let record): return record.text
        case .note(let note): return note.text
        case .summary(let measures): return Measure.table(measures)
        case .writeBlock(let event, let ends): return event.text(of: ends, on: terminal)
        case .wroteAlike(let count, let bytes, let total):
            return
                "... and \(Quantity.count(count, "more write")) of \(Quantity.count(bytes, "byte")), \(total) bytes in total"
        }
    }

    private static func transfer(_ verb: String, _ bytes: Int, _ total: Int, _ ends: Ends) -> String {
        let size = Quantity.bytes(bytes)
        let indent = String(repeating: " ", count: max(0, 11 - size.count))
        return "\(verb) \(indent)\(size), \(Quantity.bytes(total)) in all, \(ends.peerName.printable)"
    }
}

extension Endpoint {
    /// The address as it is typed; nil for a Unix socket without one.
    fileprivate var name: String? { self == .unix(.unnamed) ? nil : description }
}

extension Ends {
    /// What the peer is called: its address, or the connection's number where it has none.
    fileprivate var peerName: String {
        remote?.name ?? connection.map { "connection \($0)" } ?? (remote == nil ? "the peer" : "an unnamed socket")
    }

    /// The address as it can be dialled; TCP needs no prefix.
    fileprivate var listeningName: String {
        let address = local?.name ?? "nowhere"
        if network.isTCP { return address }
        return network.isUnix ? "\(network):\(address)" : "\(network)://\(address)"
    }
}

extension Event.Ending {
    fileprivate var phrase: String {
        switch self {
        case .local: "from this side"
        case .peer: "by the peer"
        case .reset: "by a reset"
        case .timeout: "by a time-out"
        }
    }
}

extension DatagramFacts {
    /// Where it was sent to, how many routers were left to it, and when it came, as far as the kernel told.
    fileprivate var circumstances: String {
        guard let arrived else { return "" }
        return (destination.map { ", to \($0)" } ?? "") + (timeToLive.map { ", TTL \($0)" } ?? "")
            + ", at \(arrived.timeOfDay)"
    }
}

extension ReplyFacts {
    private static let width = 256

    /// The payload on one line, without the newline at its end; who needs all of a long one has JSON.
    fileprivate var line: String {
        let text = escaped ?? (payload.utf8.last == UInt8(ascii: "\n") ? String(payload.dropLast()) : payload).printable
        return text.utf8.count > Self.width ? "\(text.prefix(Self.width))..." : text
    }
}

extension Closing {
    fileprivate func text(of ends: Ends, on terminal: Terminal) -> String {
        var line =
            "closed \(terminal.paint(ends.peerName, .address)) \(by.phrase) after \(Quantity.duration(duration)): "
        line += "received \(amount(received))"
        if let messages { line += " in \(Quantity.count(messages, "message"))" }
        line += ", sent \(amount(sent))"
        if let unread, unread > 0 { line += ", " + terminal.paint("\(Quantity.bytes(unread)) unread", .error) }
        // At an ordinary end the acknowledgement is merely on its way.
        if let unacknowledged, unacknowledged > 0, by == .reset || by == .timeout {
            line += ", " + terminal.paint("\(Quantity.bytes(unacknowledged)) of it not acknowledged", .error)
            if let unsent, unsent > 0 {
                line += ", " + terminal.paint("\(Quantity.bytes(unsent)) not even sent", .error)
            }
        }
        if let silence, by == .reset || by == .timeout { line += ", after \(Quantity.duration(silence)) of silence" }
        return line + (tcp.map { "\n" + terminal.paint("tcp: \($0.text)", .dim) } ?? "")
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

extension Failure {
    fileprivate func text(on terminal: Terminal) -> String {
        terminal.paint("sockctl:", .error) + " \(message.printable)" + facts
            + (hint.map { "\n" + terminal.paint("hint:", .hint) + " \($0.printable)" } ?? "")
    }

    /// What more is known than the error itself says.
    private var facts: String {
        var facts: [String] = []
        if let waited { facts.append("after \(Quantity.duration(waited))") }
        if let unread, unread > 0 { facts.append("\(Quantity.bytes(unread)) left unread") }
        if operation == "write", let bytes, bytes > 0 {
            facts.append("the kernel had taken \(Quantity.bytes(bytes)) of it")
        }
        if let unacknowledged, unacknowledged > 0 {
            facts.append("\(Quantity.bytes(unacknowledged)) of what was sent not acknowledged")
        }
        if let goesOn {
            facts.append("going on, \(goesOn.number) of \(Quantity.count(goesOn.of, "time"))")
        }
        return facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
    }
}

extension BacklogDial {
    fileprivate var text: String {
        let time = Quantity.duration(duration)
        let again = retransmits > 0 ? ", its SYN sent again \(Quantity.count(retransmits, "time"))" : ""
        return switch outcome {
        case .connected: "dial \(index): connected in \(time)" + again
        case .timedOut: "dial \(index): timed out after \(time)" + again
        case .refused: "dial \(index): refused after \(time)" + again
        case .wouldBlock: "dial \(index): would block (EAGAIN), told after \(time)"
        }
    }
}

extension SystemCallRecord {
    /// As strace prints it, the time in a column of its own: `connect(5, 127.0.0.1:3000) = -1 EINPROGRESS  12 µs`.
    fileprivate var text: String {
        let line = "\(call)(\(arguments)) = \(result)" + (errno.map { " \($0.name)" } ?? "")
        return line.printable + String(repeating: " ", count: max(2, 60 - line.count)) + Quantity.duration(duration)
    }
}

extension Event.Note {
    fileprivate var text: String {
        switch self {
        case .inputUnfinished: "the peer had ended; standard input had not"
        case .messageCut(let bytes, let length, let source):
            "a message of \(length) bytes was cut to \(bytes)"
                + (source.map { ", from \($0.name ?? "an unnamed socket")" } ?? "")
        case .inputDropped(let bytes, let sent, let mayArrive):
            bytes > 0
                ? "\(bytes) of \(sent) bytes of standard input "
                    + (mayArrive ? "were not acknowledged in time" : "cannot have arrived")
                : "all \(sent) bytes sent were acknowledged; whether the peer read them is not known"
        case .unanswered(let count): "\(Quantity.count(count, "submit")) unanswered"
        case .stopping(let reason): "server closed: \(reason)"
        case .reportsLost(let count): "\(Quantity.count(count, "report")) lost: nobody read them in time"
        }
    }
}

extension Measure {
    /// The summary as two columns.
    fileprivate static func table(_ measures: [Measure]) -> String {
        let names = measures.map { String($0.name.map { $0 == "_" ? " " : $0 }) }
        let width = names.map(\.count).max() ?? 0
        return zip(names, measures)
            .map { name, measure in
                name + String(repeating: " ", count: width - name.count) + "  " + measure.value.text
            }
            .joined(separator: "\n")
    }
}

extension Measure.Value {
    fileprivate var text: String {
        switch self {
        case .count(let value): "\(value)"
        case .bytes(let value): Quantity.bytes(value)
        case .duration(let value): Quantity.duration(value)
        case .flag(let value): value ? "yes" : "no"
        case .text(let value): value.printable
        case .list(let values): values.isEmpty ? "-" : values.joined(separator: ", ").printable
        case .group(let parts): parts.map { "\($0.name) \($0.value.text)" }.joined(separator: ", ")
        case .counts(let values): values.map(String.init).joined(separator: ", ")
        case .frequency(let value): "\(value)/s"
        case .rate(let value): Quantity.rate(value, in: .seconds(1)) ?? "-"
        case .nothing: "-"
        }
    }
}
