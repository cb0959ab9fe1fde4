import Testing

@testable import sockctl

/// What is released: programs read these names and fields, and people set `-v` for these levels.
@Suite struct EventListTests {
    /// Each event's fields in their order, without those that any event may have.
    private static let released: [(name: String, level: EventLevel, fields: String)] = [
        ("listening", .always, "backlog"),
        ("resolved", .verbose, "host addresses seconds"),
        ("connecting", .verbose, "attempt"),
        ("attempt-failed", .verbose, "attempt error"),
        ("syn-retransmitted", .verbose, "count"),
        ("connected", .verbose, "attempt resolve_seconds connect_seconds"),
        ("proxied", .verbose, "proxy target seconds"),
        ("accepted", .verbose, ""),
        (
            "tls", .verbose,
            "version cipher group signature alpn server_name resumed verified reason kernel seconds messages root chain"
        ),
        ("tls-failed", .verbose, "server_name reason seconds messages chain"),
        ("insecure", .error, "reason"),
        ("certificate", .always, "subject names not_after pin"),
        ("feature", .verbose, "feature used reason"),
        ("socket-options", .veryVerbose, "options"),
        ("first-byte", .verbose, "seconds"),
        ("read", .transfer, "total reader"),
        ("wrote", .transfer, "total index seconds error"),
        ("datagram-received", .verbose, "truncated length ttl to arrived"),
        ("datagram-sent", .verbose, "length to"),
        ("message", .verbose, "index"),
        ("ack", .verbose, "id result seconds"),
        ("reply", .always, "length round_trip sequence payload payload_escaped"),
        ("gap", .verbose, "from count"),
        ("dropped", .always, "count receive_buffer"),
        ("half-closed", .verbose, "by told"),
        ("input-unfinished", .always, ""),
        ("message-cut", .always, "length"),
        ("input-dropped", .always, "bytes_sent bytes_unsent"),
        ("output-dropped", .always, "bytes_received path"),
        ("started", .verbose, "pid command"),
        ("child-error", .verbose, "pid text"),
        ("exited", .verbose, "pid status signal seconds"),
        ("unanswered", .always, "count"),
        ("keep-alive", .verbose, "seconds limit"),
        (
            "closed", .verbose,
            "by seconds bytes_received bytes_sent bytes_unread bytes_unacknowledged bytes_unsent silence_seconds messages target bytes_up bytes_down tcp"
        ),
        ("failed", .error, "seconds bytes_unread bytes_unacknowledged going_on error"),
        ("retrying", .always, "attempt delay error"),
        (
            "disconnected", .always,
            """
            by silence_seconds bytes_sent bytes_unacknowledged bytes_at_risk bytes_perhaps_unread bytes_since_heard \
            bytes_kept error
            """
        ),
        ("reconnected", .always, "dials seconds"),
        ("heartbeat", .verbose, "index"),
        ("heartbeat-answered", .verbose, "index seconds"),
        ("round-trip", .verbose, "index seconds answered"),
        ("peer-refused", .always, "reason"),
        ("stopping", .always, "reason waiting_for grace"),
        ("dial", .verbose, "index outcome seconds syn_retransmits"),
        ("queue", .verbose, "moment index queue_length queue_limit listen_overflows listen_drops predicted_timeout"),
        ("scanned", .always, "remote state seconds banner reason"),
        ("probing", .verbose, "chunk own_peer send_buffer_asked receive_buffer_asked send_buffer receive_buffer"),
        (
            "blocked", .verbose,
            "index taken chunk blocked_after bytes_accepted bytes_in_send_queue bytes_unsent bytes_in_receive_queue bytes_read_by_peer accounted send_buffer_asked receive_buffer_asked send_buffer receive_buffer congestion_control mss window receive_space"
        ),
        ("unblocked", .verbose, "seconds reads bytes_read_by_peer send_buffer bytes_in_send_queue"),
        (
            "peer-read", .verbose,
            "total index moved window mss receive_buffer_free bytes_accepted bytes_in_send_queue bytes_unsent bytes_in_receive_queue bytes_read_by_peer accounted"
        ),
        (
            "peer-ended", .verbose,
            "by bytes_accepted bytes_in_send_queue bytes_unsent bytes_in_receive_queue bytes_read_by_peer accounted"
        ),
        (
            "answered", .verbose,
            "index method target version status bytes_received bytes_sent seconds user referer user_agent is_cut_off"
        ),
        ("request-refused", .verbose, "status reason"),
        ("head", .trace, "direction lines"),
        ("reports-lost", .always, "count"),
        ("torn", .verbose, "index pieces"),
        ("waited", .verbose, "seconds calls would_block cpu_seconds"),
        ("request", .verbose, "method target version fields"),
        ("response", .verbose, "version status reason fields"),
        (
            "exchange", .verbose,
            """
            method url status reused idle_seconds resolve_seconds connect_seconds tls_seconds wait_seconds send_seconds \
            first_byte_seconds body_seconds seconds body_framing connection_kept connection_end proxy error
            """
        ),
        ("redirected", .verbose, "status method url"),
        ("not-redirected", .always, "status reason"),
        ("not-retried", .always, "delay limit error"),
        ("stale", .verbose, "error"),
        ("resuming", .verbose, "path outcome"),
        ("partial", .always, "path length"),
        ("experiment", .verbose, "experiment chapter title documents behaviours claim question lesson"),
        ("happened", .verbose, "experiment kind lane text result failed source at seconds"),
        ("found", .verbose, "experiment name value"),
        ("verdict", .verbose, "experiment met says here why document faults"),
        ("experiment-ended", .verbose, "experiment outcome reason seconds"),
        ("slow", .always, "action"), ("rules-read", .verbose, "rules"),
        ("joined", .verbose, "target seconds"), ("target-down", .always, "target seconds error"),
        ("target-up", .always, "target"), ("proxy-header", .verbose, "version client destination"),
        ("replayed", .verbose, "bytes_up bytes_down seconds"),
        ("difference", .always, "message offset expected expected_text got got_text"),
        ("fault", .verbose, "fault direction acts"),
        ("syscall", .trace, "call arguments result errno seconds"),
        ("summary", .always, ""),
    ]

    @Test func `the list has every released event, with its level and fields`() {
        #expect(EventList.all.count == Self.released.count)
        for (event, released) in zip(EventList.all, Self.released) {
            #expect(event.name == released.name)
            #expect(event.level == released.level, "\(event.name)")
            #expect(event.ownFields.map(\.name).joined(separator: " ") == released.fields, "\(event.name)")
        }
    }

    @Test func `every event's file is named after it, and it is in the list`() throws {
        let files = try SourceFile.all.filter { $0.path.contains("/Output/Events/") }
        let structs = files.flatMap(\.types).filter { $0.hasSuffix("Event") && $0 != "Event" }
        #expect(Set(structs) == Set(EventList.all.map { "\($0)" }))
        for name in structs { #expect(files.contains { $0.path.hasSuffix("/\(name).swift") }, "\(name)") }
    }

    @Test func `names and sentences are in one form`() {
        for event in EventList.all {
            #expect(event.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
            #expect(event.summary.hasSuffix("."))
            for (name, meaning) in event.meanings {
                #expect(name.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil, "\(event.name)")
                #expect(meaning.hasSuffix(".") && !meaning.contains("\n"), "\(event.name) \(name)")
            }
            #expect(Set(event.meanings.map(\.name)).count == event.meanings.count, "\(event.name)")
        }
    }

    @Test func `what all events may have stands first, the error last`() {
        let first = ["connection", "network", "local", "remote", "bytes"]
        for event in EventList.all {
            let common = event.meanings.map(\.name).filter(first.contains)
            #expect(event.meanings.map(\.name).starts(with: common), "\(event.name)")
            #expect(common == first.filter(common.contains), "\(event.name)")
            if let place = event.meanings.firstIndex(where: { $0.name == "error" }) {
                #expect(place == event.meanings.count - 1, "\(event.name)")
            }
        }
    }

    @Test func `every event has a sample, and the samples together have every field`() {
        for event in EventList.all where event.name != SocketOptionsEvent.name {
            let samples = EventSamples.everything.filter { type(of: $0) == event }
            #expect(!samples.isEmpty, "\(event.name)")
            // `tcp` and the options come from a real socket: `TCPInfoTests` and `SocketFactsTests` have them.
            let missing = Set(event.ownFields.map(\.name)).subtracting(samples.flatMap(\.members).map(\.name))
                .subtracting([
                    "tcp"
                ])
            #expect(missing.isEmpty, "\(event.name)")
        }
    }

    @Test(arguments: EventSamples.everything)
    func `an object holds no field that its event does not list, and has them in their order`(
        event: any sockctl::Event
    ) {
        // A summary's fields are its command's.
        guard !(event is SummaryEvent) else { return }
        let listed = type(of: event).meanings.map(\.name)
        let places = event.members.map { listed.firstIndex(of: $0.name) ?? -1 }
        #expect(!places.contains(-1))
        #expect(places == places.sorted())
    }
}

extension sockctl::Event {
    fileprivate static var meanings: [(name: String, meaning: String)] { fields.map { ($0.name, $0.meaning) } }
}
