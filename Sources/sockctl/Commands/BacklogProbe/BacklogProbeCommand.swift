/// `sockctl backlog-probe`: fills an accept queue and shows what happens to those who find it full.
enum BacklogProbeCommand: Subcommand {
    static let name = "backlog-probe"

    static let command = Command(
        name: name,
        abstract: "Fill an accept queue and see what happens",
        manual: manual,
        defaults: BacklogProbeArguments(),
        rows: BacklogProbeArguments.rows,
        foreignFlags: [
            ForeignFlag("-l", "--listen", advice: "it has a listener of its own unless an address is given"),
            ForeignFlag("--no-accept", advice: "use --never-accept"),
            ForeignFlag("-q", advice: "use --quiet"),
        ]
    )

    static func run(_ arguments: BacklogProbeArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        try await BacklogProbeRun(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            A dial succeeds although nobody accepts it: the kernel completes the handshake and keeps the connection in \
            the listener's queue, until that is full. `backlog-probe` fills a queue, dials on, and shows when each dial \
            succeeded, what the others met, and what the kernel says of it meanwhile.
            """,
            """
            Without an address it listens on loopback by itself, and nobody accepts. Dials go one after the other until \
            the first that has to wait, and from then on side by side, so that a run ends within the time-out and a \
            second. A dial that timed out is closed at once. Those that got in stay connected until the end.
            """,
            """
            Its reports go to standard output: what happens, a summary, on a terminal a plot, and what it means in plain \
            words. With `-v` every dial has a line of its own.
            """,
        ],
        sections: [.queue, .backlogEvents],
        exitNotes: [
            Manual.ExitNote(status: "0", meaning: "The experiment could be run, whatever it found."),
            Manual.ExitNote(status: "64", meaning: "The command line is wrong."),
            Manual.ExitNote(status: "68", meaning: "The server's name does not resolve."),
            Manual.ExitNote(status: "69", meaning: "The server cannot be dialled at all: refused or unreachable."),
            Manual.ExitNote(
                status: "71",
                meaning: "More dials than the limit of open descriptors can hold; or memory or buffers are short."),
            Manual.ExitNote(
                status: "73", meaning: "The picture can't be written, or no local address is left to dial from."),
            Manual.ExitNote(status: "74", meaning: "Standard output is full, or was closed from the start."),
            Manual.ExitNote(
                status: "75", meaning: "No dial was answered, and no queue that could be the reason can be seen."),
            Manual.ExitNote(status: "77", meaning: "Not permitted."),
            Manual.ExitNote(status: "128+n", meaning: "Ended by signal n, after a summary of what was found by then."),
        ],
        examples: examples,
        seeAlso: ["sockctl", "sockctl-dial", "sockctl-listen", "listen(2)", "tcp(7)", "unix(7)", "ss(8)"],
        caveats: [
            """
            The kernel's counters are those of all listeners in the network namespace: on a busy machine they grow \
            without the probe's doing.
            """,
            """
            tcp_abort_on_overflow is for handshakes whose last segment meets a queue that was filled meanwhile. A dial \
            that finds the queue full never gets so far, for its SYN is dropped: the setting makes no difference to it. \
            Where many that wait send their SYNs again in the same instant, some may come to that: the report says of \
            how many the server has not heard yet although they are connected.
            """,
        ]
    )

    private static let examples = [
        Manual.Example(
            "sockctl backlog-probe",
            shows: "Fill a queue of 128 on loopback: 129 get in, the next three meet silence."),
        Manual.Example(
            "sockctl backlog-probe --dials 1",
            shows: "A dial that succeeds, and a write, although nobody ever accepts."),
        Manual.Example(
            "sockctl backlog-probe --backlog 5 --timeout 300ms",
            shows: "A queue of 5 has room for 6."),
        Manual.Example(
            "sockctl backlog-probe --backlog 4096 --dials 1024",
            shows: "With the longest queue that Linux grants as it comes, 1,024 dials in a row show nothing."),
        Manual.Example(
            "sockctl backlog-probe --backlog 1 --dials 5 --accept-every 300ms --timeout 5s",
            shows: """
                An accept makes room for one more; a dial that waits gets in when its SYN is sent again, a second and \
                more after its first.
                """),
        Manual.Example(
            "sockctl backlog-probe --dials 134 --timeout 1s",
            shows: "129 dials get in, 5 time out after a second."),
        Manual.Example(
            "sockctl backlog-probe --backlog 0 --dials 2 --timeout 1200ms",
            shows: "A SYN that is sent again, and when the kernel by itself would have given up."),
        Manual.Example(
            "unshare -rn sh -c 'ip link set lo up; echo 1 >/proc/sys/net/ipv4/tcp_max_syn_backlog; \"$@\"' - sockctl "
                + "backlog-probe --backlog 5 --timeout 300ms",
            shows: "The room is 6 whatever tcp_max_syn_backlog says, here in a network of its own."),
        Manual.Example(
            "unshare -rn sh -c 'ip link set lo up; echo 3 >/proc/sys/net/core/somaxconn; \"$@\"' - sockctl "
                + "backlog-probe --timeout 1200ms",
            shows: "net.core.somaxconn cuts the queue to 3, and the counters count each SYN that met it full."),
        Manual.Example(
            "unshare -rn sh -c 'ip link set lo up; echo 1 >/proc/sys/net/ipv4/tcp_abort_on_overflow; \"$@\"' - sockctl "
                + "backlog-probe --backlog 2 --timeout 300ms",
            shows: "tcp_abort_on_overflow makes no difference to an ordinary dial."),
        Manual.Example(
            "sockctl backlog-probe --network unix --backlog 5",
            shows: "A Unix socket's queue, which says at once that it is full."),
        Manual.Example(
            "sockctl backlog-probe --network unixpacket --backlog 0 --dials 3 --accept-every 200ms",
            shows: "There a connect(2) that blocks gets in at the very accept."),
        Manual.Example(
            "sockctl backlog-probe --backlog 5 --dials 6 --then close",
            shows: "The listener closes with its queue full: its clients read ECONNRESET."),
        Manual.Example(
            "sockctl listen --accept-delay 500ms 3000 </dev/null", "echo hello | sockctl dial -q 0 3000",
            shows: """
                A client that has gone again while it waited in the queue is accepted all the same: its bytes are read, \
                and then its end.
                """),
        Manual.Example(
            "sockctl backlog-probe --backlog 16 --concurrent --timeout 300ms",
            shows: "From several threads at once, 17 get in, or one more."),
        Manual.Example(
            "sockctl listen 3000 --serve echo", "sockctl backlog-probe --dials 20 3000",
            shows: "Dial a server of another program, and see its queue."),
        Manual.Example(
            "sockctl backlog-probe --backlog 10 --timeout 300ms --svg /tmp/queue.svg",
            shows: "The same as a picture for a slide."),
    ]
}

extension Manual.Section {
    fileprivate static let queue = Manual.Section(
        "THE QUEUE",
        .terms([
            (
                "Its length",
                """
                The queue holds one connection more than its limit, and the limit is the lesser of the backlog given to \
                listen(2) and net.core.somaxconn. tcp_max_syn_backlog has no part in it.
                """
            ),
            (
                "When it is full",
                """
                On TCP a SYN is dropped without an answer, and counted in ListenOverflows and ListenDrops. The client \
                sends it again after 1 second, and again, and gets in when one of them finds room: not at the accept \
                that makes room, but at the next SYN. On Unix sockets connect(2) waits for an \
                accept; the probe lets it with `--accept-every` only, and has EAGAIN at once otherwise.
                """
            ),
            (
                "Where it is read",
                """
                Of its own TCP listener from TCP_INFO, of other listeners on this machine through sock_diag(7), which \
                needs no privilege.
                """
            ),
        ])
    )

    fileprivate static let backlogEvents = Manual.Section(
        "EVENTS",
        """
        With `--json`: `listening`, with the `backlog` asked for; `dial` for each that is decided, with `index`, \
        `outcome` (`connected`, `timed-out`, `refused`, `would-block`), `seconds` and `syn_retransmits`; \
        `queue`, with `moment` (`before`, `waiting`, `after`), the queue's length and limit, the kernel's counters and \
        before the first dial its `predicted_timeout`; `syn-retransmitted`, whose `connection` is the dial's index; `accepted`, whose `connection` counts the accepts; \
        `closed` for each client that lost its connection with `--then close`; and last the `summary`.
        """,
        """
        The summary has `backlog_requested`, `queue_limit`, `somaxconn`, `capacity_predicted`, `dialled`, `connected`, \
        `timed_out`, `refused`, `would_block`, `accepted`, `queue_length` at the end, `listen_overflows` and \
        `listen_drops`, which are differences, and `elapsed`. What is not known, or makes no sense, is null.
        """
    )
}
