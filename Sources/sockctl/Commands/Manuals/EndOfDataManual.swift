extension Manual.Section {
    /// The rule that decides when `dial` and `listen` are done.
    static let endOfData = Manual.Section(
        "END OF DATA",
        "A conversation ends by the same rule for `dial` and `listen`. It neither hangs nor loses bytes unsaid.",
        .terms([
            (
                "Standard input ends",
                """
                The connection is half-closed (FIN) and reading goes on until the peer ends. `--no-shutdown` sends no \
                FIN; `--quit-after` bounds the wait. Whoever still speaks when its time is over would be reset by the \
                close, and lose what is on its way: it has a fifth of a second more to acknowledge that, and what it \
                did not is told. A `listen` whose standard input ended without a single byte, as \
                from `/dev/null`, sends no FIN before the peer has ended, so that it does not turn away who sends to it; \
                `--shutdown` overrides that.
                """
            ),
            (
                "Under TLS",
                """
                This side's end is not told, unless `--tls-half-close` asks for it: many take it for the end of all. Where \
                the peer waits for it as well, both wait; `--quit-after` and `--idle-timeout` bound that.
                """
            ),
            (
                "The peer ends",
                """
                If standard input has ended or is a terminal, that is the end. If it is a file, the file is sent to its \
                end. If it is a pipe or a socket, what comes is sent, until nothing has come for `--input-grace`; a line \
                on standard error then says so. With `--half-open` only standard input's end is the end.
                """
            ),
            (
                "A reset, or a write that fails",
                """
                The status is 74. A line tells how many bytes of standard input were not acknowledged, and how many of \
                these were never sent, so that they cannot have arrived. What fails on this side, as a file that \
                can't be read or a call for which the kernel has no memory (71), ends the conversation too, with a \
                status of its own. What a peer can make this program keep is bounded (SECURITY in `sockctl(1)`); where \
                the process itself gets no memory, as under `ulimit -v`, it ends at once without a word; a shell shows 134.
                """
            ),
            (
                "Standard output is gone or full",
                """
                A reader that went away ends the program quietly, status 0. Output that can't be written is status 74. Where \
                that, or a signal, ends the program while a slow reader has not taken all that was read, a line tells how \
                many bytes those are.
                """
            ),
            (
                "Datagrams",
                """
                They have no end. The program ends when nothing has arrived for `--input-grace` after standard input's \
                end (`--quit-after` sets another time; an idle terminal goes on), after `--count` datagrams, at \
                `--idle-timeout` or at `--max-time`. A `listen` reads standard input once somebody has spoken: before \
                that, its end is not seen, and only `--timeout`, `--idle-timeout` and `--max-time` end the wait.
                """
            ),
        ])
    )

    /// Where the reports are described, of a command whose reports are its output.
    static let outputEvents = Manual.Section(
        "EVENTS",
        """
        Reports go to standard output, as text or as objects with `--json`; errors and traces always to standard error. \
        The names of the events and their fields are in `sockctl(1)`.
        """
    )

    /// Where the reports are described.
    static let events = Manual.Section(
        "EVENTS",
        """
        Standard output carries the payload, byte for byte, and nothing else. Reports go to standard error: errors always, \
        more with `-v`, as objects with `--json`. The names of the events and their fields are in `sockctl(1)`.
        """
    )
}
