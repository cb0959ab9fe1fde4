extension Manual.Section {
    /// What can be wrong on purpose.
    static let faults = Manual.Section(
        "FAULTS",
        """
        `--fault` is about both ways, `--up` about what goes to the target, `--down` about what comes from it. The value is \
        a set of faults with commas between them, as in `latency=100ms,jitter=20ms,share=10%`. Faults keep the order of \
        bytes and lose nothing that they do not name. Several sets, each by an option of its own, are done one upon the \
        other: latencies add up, the lowest rate counts. Sizes and times count in each direction of each connection from \
        when the set begins to apply, which for those of the command line is when the target was reached.
        """,
        .terms([
            (
                "latency=D",
                """
                What arrives is given so much later, never sooner: bytes, the end, and a reset as well. More is read \
                meanwhile, up to 4 MiB in each direction; who sends more waits.
                """
            ),
            (
                "jitter=D",
                """
                The latency varies by as much as this, each value as likely; `jitter=D:normal` is a normal distribution \
                with this deviation. Nothing overtakes what came before it.
                """
            ),
            (
                "rate=SIZE",
                """
                So many bytes a second, in portions of 4 ms; nothing is saved up while nothing comes. The end comes when \
                the last byte would have gone.
                """
            ),
            ("slice=N/D", "Pieces of at most N bytes, and a pause between two of them."),
            ("stall=D@SIZE", "One pause of D, after so many bytes."),
            (
                "drop-after=SIZE",
                """
                After so many bytes there is silence: what comes is read and thrown away, and the end is kept back. It \
                stays so, for a stream with a hole in it would be another fault. The pair is closed once the other way has \
                ended, too.
                """
            ),
            (
                "reset-after=SIZE, reset-after=D",
                """
                Exactly so many bytes are delivered, and then both connections are reset; or they are reset at this age, \
                whatever goes on. A number alone is a size: a time has its unit.
                """
            ),
            ("close-after=SIZE, close-after=D", "The same with an end (FIN) to both."),
            ("corrupt=P", "The chance of each byte to have one of its bits changed."),
            ("refuse=P", "The chance of a connection to be reset at once, before the target is dialled."),
            (
                "connect-delay=D",
                """
                No TCP client connects sooner than this after its first SYN: the listener throws SYNs away, as if its \
                queue were full. The client's kernel sends them again after 1 s and then 2, 3, 4 s and so on, or 3, 7, 15 s \
                in older ones, and the next one after D is let in, so that D is rounded up to one of these. A client on \
                this machine is known by its socket, and has its own time. Of one elsewhere, or in another network \
                namespace, no more is known than that SYNs come: once the first of them is D old, whoever knocks next is \
                let in, and one that has only just come may be it.
                """
            ),
            (
                "loss=P, duplicate=P, reorder=P",
                """
                The chance of a datagram to be lost, to be given twice, and to be overtaken by the next one; where none \
                comes within 100 ms it goes all the same.
                """
            ),
            (
                "first=N, every=N",
                """
                Only the first N connections, or senders of datagrams; only the N-th, 2N-th and so on. Their numbers are \
                in the events.
                """
            ),
            (
                "share=P",
                """
                The chance of a connection to be one that the set applies to, thrown once for each. Chances are written \
                `0.1` or `10%`.
                """
            ),
        ]),
        """
        With `--seed` the dice of each connection, set and direction come from that number and from nothing else: the same \
        connections are chosen, and the same bytes spoiled, in every run. A jitter depends on what was read together, and \
        so on time. A fault of nothing (`latency=0`, `rate=0`) is none, and costs none. On networks of messages, messages \
        are never cut: one that would pass a limit is not given. What is held back is not silence: `--idle-timeout` counts \
        from when it has gone. Of datagrams `latency`, `jitter`, `rate` and `corrupt` do \
        the same as of bytes, but nobody can be told to wait: 4 MiB are kept of each way, and of what a `rate` makes wait \
        one second's worth; what comes beyond is dropped, and counted as such. The event `fault` tells which sets begin to apply to a \
        connection, and when one of them resets, closes, refuses or silences it; with `-vv` also each datagram that one \
        of them loses, doubles, spoils or has overtaken.
        """
    )

    /// What is said on the control socket.
    static let control = Manual.Section(
        "CONTROL",
        """
        With `--control unix:PATH` faults change while the forwarder runs. Any number of clients may connect to the socket, \
        which only this user can; `sockctl dial unix:PATH` is one. Each line is an object of JSON, of at most 64 KiB, and \
        is answered by one line, in order: an object with `"ok":true`, or with `"ok":false` and `"error"`, and then the \
        next line is read. An order is obeyed whole or not at all, before any other. The socket takes orders from before \
        `listening` is told until the forwarder ends.
        """,
        .terms([
            (
                #"{"do":"add","fault":"latency=1s","direction":"down"}"#,
                """
                Adds a set, and answers its number, as `"id":1`. Without a direction it is both, with `up` or `down` that \
                one. It applies to connections that are there, from then on, and to new ones. `first` and `every` count \
                those that come after it.
                """
            ),
            (
                #"{"do":"change","id":1,"fault":"latency=2s"}"#,
                """
                Puts other faults in the place of a set's, and in another direction if one is given. Dice that were thrown \
                stay, and so does what was counted.
                """
            ),
            (#"{"do":"remove","id":1}"#, "Removes a set. What is delayed already keeps its time."),
            (
                #"{"do":"list"}"#,
                """
                Answers `"faults"`, an array: the `id`, `fault` and `direction` of each set, those of the command line \
                too, and to how many `connections` it is done now.
                """
            ),
            (
                #"{"do":"connections"}"#,
                """
                Answers `"connections"`, an array: of each its number as `connection`, `remote`, `target`, its age in \
                `seconds`, `bytes_up` and `bytes_down`, and the ids of its `faults`.
                """
            ),
            (#"{"do":"cut","connection":3}"#, "Resets a connection, and the one to its target."),
        ]),
        """
        Every byte is copied through the program then, which costs about as much as any proxy does; without \
        `--control` only directions with faults are.
        """
    )
}
