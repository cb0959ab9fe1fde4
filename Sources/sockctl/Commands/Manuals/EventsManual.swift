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
        .terms(EventList.all.map { ($0.name, $0.manualText) })
    )
}

extension Event {
    /// When it is reported, and with what.
    fileprivate static var manualText: String {
        ([summary] + ownFields.map { "`\($0.name)`: \($0.meaning)" }).joined(separator: " ")
    }
}
