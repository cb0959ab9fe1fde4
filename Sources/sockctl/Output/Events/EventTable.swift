/// All events: when they are reported, and what is in them besides what all have.
///
/// The manual's EVENTS section is made of it, and a test holds what is emitted against it.
enum EventTable {
    struct Row: Sendable {
        let kind: EventKind
        let level: EventLevel
        /// The event's own fields, in the order in which they are written; which of them are there depends on the event.
        let fields: [String]
        /// When it is reported, as a sentence.
        let meaning: String
    }

    /// What any event may have, in the order in which it is written; the first three always, `error` only at the end.
    static let commonFields = ["event", "time", "elapsed", "connection", "network", "local", "remote", "bytes"]
    /// The members of `error`.
    static let errorFields = ["code", "operation", "call", "message", "hint"]

    static let rows: [Row] = [
        row(.listening, .always, ["backlog"], "The socket accepts or, for datagrams, receives."),
        row(.resolved, .verbose, ["host", "addresses", "seconds"], "A name has its addresses."),
        row(.connecting, .verbose, ["attempt"], "An attempt to connect begins."),
        row(.attemptFailed, .verbose, ["attempt", "error"], "An attempt came to nothing; another may follow."),
        row(.synRetransmitted, .verbose, ["count"], "A dial that waits sent its SYN again."),
        row(.connected, .verbose, ["attempt", "resolve_seconds", "connect_seconds"], "An attempt won."),
        row(.accepted, .verbose, [], "A peer was taken from the queue."),
        row(.socketOptions, .veryVerbose, ["options"], "What the kernel made of the socket's options."),
        row(.firstByte, .verbose, ["seconds"], "The peer's first bytes came, so long after the connection."),
        row(.read, .transfer, ["total", "reader"], "One read; `reader` with `--readers`."),
        row(
            .wrote, .transfer, ["total", "index", "seconds", "error"],
            "One write; a probe's write has a number and the time that it took."),
        row(
            .datagramReceived, .verbose, ["truncated", "length", "ttl", "to", "arrived"],
            "A datagram came; `arrived` is the kernel's time."),
        row(.datagramSent, .verbose, ["length", "to"], "A datagram went."),
        row(.message, .verbose, ["index"], "A whole message came, the first of a connection with the number 1."),
        row(
            .acknowledged, .verbose, ["id", "result", "seconds"], "A packet was answered, 0 for success, so long after."
        ),
        row(
            .reply, .always, ["length", "round_trip", "sequence", "payload", "payload_escaped"],
            "A datagram of ours was answered; `payload_escaped` where the payload is no text, its other bytes as `\\xHH`."
        ),
        row(.gap, .verbose, ["from", "count"], "Generated datagrams are missing, from that number on."),
        row(
            .dropped, .always, ["count", "receive_buffer"],
            "The kernel dropped so many datagrams: the socket's receive buffer was full."),
        row(.halfClosed, .verbose, ["by"], "One direction has ended, by `local` or `peer`."),
        row(.inputUnfinished, .always, [], "The peer had ended, standard input had not."),
        row(.messageCut, .always, ["length"], "A message was longer than what was read of it, and the rest is gone."),
        row(
            .inputDropped, .always, ["bytes_sent"],
            "So many bytes were taken from standard input and never acknowledged by the peer's kernel."),
        row(.unanswered, .always, ["count"], "So many submits were unanswered when the connection broke."),
        row(
            .keepAlive, .verbose, ["seconds", "limit"],
            "An idle limit was renewed by bytes that came or went after so long a silence."),
        row(
            .closed, .verbose,
            [
                "by", "seconds", "bytes_received", "bytes_sent", "bytes_unread", "bytes_unacknowledged", "bytes_unsent",
                "silence_seconds", "messages", "tcp",
            ],
            """
            The connection is over, by `local`, `peer`, `reset` or `timeout`, so long after the peer's last byte; \
            `tcp` is what the kernel knows of it.
            """),
        row(
            .failed, .error, ["seconds", "bytes_unread", "bytes_unacknowledged", "going_on", "error"],
            """
            Anything that is reported as an error; a read that timed out says how long it waited, what it left unread \
            and, with `--keep-going`, how many more are gone on after.
            """),
        row(.retrying, .always, ["attempt", "delay", "error"], "Something failed and is tried again after a wait."),
        row(
            .disconnected, .always,
            [
                "by", "silence_seconds", "bytes_sent", "bytes_unacknowledged", "bytes_at_risk", "bytes_kept", "error",
            ],
            """
            A connection was lost and is dialled again: by `peer`, `reset` or `timeout`, so long after the peer's last \
            byte; `bytes_at_risk` of standard input were not acknowledged, those kept go to the next connection.
            """),
        row(
            .reconnected, .always, ["dials", "seconds"], "A dial that was tried again won, so long after the trouble."),
        row(.heartbeat, .verbose, ["index"], "A heartbeat was sent."),
        row(.heartbeatAnswered, .verbose, ["index", "seconds"], "The first bytes after a heartbeat came."),
        row(
            .roundTrip, .verbose, ["index", "seconds", "answered"],
            "A text of `--send` was answered with so many bytes, or not in time."),
        row(.peerRefused, .always, ["reason"], "A peer was turned away."),
        row(.stopping, .verbose, ["reason"], "No more peers are taken; those that are there are finished."),
        row(
            .dial, .verbose, ["index", "outcome", "seconds", "syn_retransmits"],
            "A probe's dial was decided: `connected`, `timed-out`, `refused` or `would-block`."),
        row(
            .queue, .verbose,
            [
                "moment", "index", "queue_length", "queue_limit", "listen_overflows", "listen_drops",
                "predicted_timeout",
            ],
            """
            A listener's queue and the kernel's counters as backlog-probe read them `before` the first dial, when one \
            was `waiting`, and `after` all; the last is when the kernel would give up a dial by itself.
            """),
        row(
            .probing, .verbose, ["chunk", "own_peer"] + WriteBlockFields.buffers,
            "A write-block-probe begins, with these buffers: as asked for, and as granted."),
        row(
            .blocked, .verbose,
            ["index", "taken", "chunk", "blocked_after"] + WriteBlockFields.ledger + WriteBlockFields.buffers
                + ["congestion_control", "mss", "window", "receive_space"],
            "A write found no room for half a second, or until its deadline."),
        row(
            .unblocked, .verbose, ["seconds", "reads", "bytes_read_by_peer", "send_buffer", "bytes_in_send_queue"],
            "A write that was blocked goes on, after so many reads of the peer."),
        row(
            .peerRead, .verbose,
            ["total", "index", "moved", "window", "mss", "receive_buffer_free"] + WriteBlockFields.ledger,
            "The probe's peer read; `moved` bytes could leave the sender's queue for it."),
        row(
            .peerEnded, .verbose, ["by"] + WriteBlockFields.ledger,
            "The probe's peer ended, by `kill`, `close` or `reset`, and the queues just before."),
        row(.reportsLost, .always, ["count"], "Nobody read the reports for so long that some were dropped."),
        row(
            .torn, .verbose, ["index", "pieces"],
            "A message of `--message-size` has bytes of others in it; only the first few are told."),
        row(
            .waited, .verbose, ["seconds", "calls", "would_block", "cpu_seconds"],
            "With `--io-model`: one wait for bytes or, with 0 bytes, for the end, and what it took."),
        row(
            .syscall, .trace, ["call", "arguments", "result", "errno", "seconds"],
            "One system call, with `--trace`."),
        row(.summary, .always, [], "Last and once, of a command that measures, with its own fields."),
    ]

    static subscript(kind: EventKind) -> Row {
        // The kinds and the rows are in one order, which a test checks.
        rows[order[kind] ?? 0]
    }

    private static let order = Dictionary(
        uniqueKeysWithValues: rows.enumerated().map { ($0.element.kind, $0.offset) })

    private static func row(_ kind: EventKind, _ level: EventLevel, _ fields: [String], _ meaning: String) -> Row {
        Row(kind: kind, level: level, fields: fields, meaning: meaning)
    }
}
