extension Manual.Section {
    /// The events that commands report, and what is in them.
    static let eventTable = Manual.Section(
        "EVENTS",
        """
        With `--json` every report is one object on a line. All have `event`, `time` (RFC 3339, UTC, microseconds) and \
        `elapsed` (seconds from the start); where they apply, `network`, `local`, `remote`, `connection` (a number from \
        1), `bytes` and `error`, an object of `code`, `operation`, `call`, `message` and `hint`. Durations are seconds, \
        sizes are bytes. An error's code is the kernel's name where it spoke, as `ECONNREFUSED`, and a word of ours \
        where we did, as `timeout`.
        """,
        .terms([
            ("listening", "The socket accepts or, for datagrams, receives. With `backlog`."),
            ("resolved", "A name has its addresses. With `host`, `addresses` and `seconds`."),
            ("connecting", "An attempt begins. With `attempt`."),
            ("connected", "An attempt won. With `attempt`, `resolve_seconds` and `connect_seconds`."),
            ("accepted", "A peer was taken from the queue."),
            ("read", "One read, with `-vv`. With `total`."),
            ("wrote", "One write, with `-vv`. With `total`."),
            ("datagram-received", "A datagram came. With `truncated`, `length`, `ttl` and `to` where they are known."),
            ("datagram-sent", "A datagram went. With `length` and `to` where they are known."),
            ("half-closed", "One direction has ended. With `by`: `local` or `peer`."),
            (
                "closed",
                """
                The connection is over. With `by` (`local`, `peer`, `reset` or `timeout`), `bytes_received`, \
                `bytes_sent`, `bytes_unacknowledged` and `tcp`, what the kernel knows of the connection.
                """
            ),
            ("syn-retransmitted", "A dial that waits sent its SYN again. With `count`."),
            ("failed", "Anything that is reported as an error. With `error`."),
            ("retrying", "Before a wait. With `attempt` and `delay`."),
            ("peer-refused", "A peer was turned away, as by `--max-conns`. With `reason`."),
            (
                "syscall",
                "With `--trace`: one system call. With `call`, `arguments`, `result`, `errno` and `seconds`."
            ),
            ("summary", "Last and once, of a command that measures, with its own fields."),
        ])
    )
}
