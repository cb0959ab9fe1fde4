/// `sockctl write-block-probe`: sees a write block, and where every byte is.
enum WriteBlockProbeCommand: Subcommand {
    static let name = "write-block-probe"

    static let command = Command(
        name: name,
        abstract: "See a write block, and where every byte is",
        manual: manual,
        defaults: WriteBlockProbeArguments(),
        rows: WriteBlockProbeArguments.rows
    )

    static func run(_ arguments: WriteBlockProbeArguments, _ conductor: Conductor) async throws(UsageError)
        -> ExitStatus
    {
        try await WriteBlockProbeRun(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            `write-block-probe` connects to a peer of its own that does not read, and writes until a write finds no \
            room. It tells each write, the block, where every byte is at that moment, and what ends the block.
            """,
            """
            A write that succeeds has put its bytes into this machine's kernel. From there they go to the peer's kernel \
            as far as that has room, and they wait on both sides: on TCP every byte that was accepted is in the \
            sender's queue (SIOCOUTQ) or the receiver's (SIOCINQ), or was read; on Unix sockets it is in the \
            receiver's, and SIOCOUTQ counts the kernel's memory for the same bytes. The probe adds them up and says \
            whether they agree.
            """,
            """
            A write is called blocked when the socket was not writable for 500 ms: acknowledgements that are \
            delayed, and timers of the kernel, make room after up to 256 ms. The probe waits for the socket to poll \
            writable, as programs with an event loop do. A write that is tried without waiting for that finds some \
            more room: the socket polls writable only once a third of its send buffer is free.
            """,
            """
            The reports are the product, so they go to standard output and need no `-v`; errors go to standard error. \
            The status is 0 whatever the writes met.
            """,
        ],
        sections: [
            Manual.Section(
                "SUMMARY",
                """
                The last report, with `--json` an object with these fields: `bytes_accepted`, `bytes_in_send_queue`, \
                `bytes_unsent` (of these, never sent), `bytes_in_receive_queue`, `bytes_read_by_peer`, `bytes_lost` \
                (accepted, and never to be read any more), `writes` (that moved bytes), `last_write_bytes` (less than \
                the chunk if it was cut short), `blocked`, `blocked_after` (when the write that was blocked first found \
                no room, whether it waited from then on for 500 ms or until its deadline), `unblocked_by_read` (the number of the \
                peer's read), `send_buffer`, `receive_buffer`, `send_buffer_asked`, `receive_buffer_asked`, \
                `congestion_control`, `mss`, `segments` (with data in them), `sent_after` (how \
                long after the last write its last byte left, if no write was blocked), `accounted`, `errors` (codes in order), \
                with `--both` also `peer_bytes_accepted`, `peer_blocked`, `peer_bytes_lost` (that went with the peer) \
                and `peer_accounted`, and `elapsed`. What \
                cannot be known is null: of somebody else's peer what it has read, and what waits there unless it is \
                a process of this machine. Where the peer is made to end, the queues are those just before. On \
                unixgram SIOCINQ tells only the next datagram, so the peer's queue is emptied and counted at the end.
                """),
            .outputEvents,
        ],
        exitNotes: exitNotes,
        examples: WriteBlockProbeExamples.all,
        seeAlso: ["sockctl", "sockctl-listen", "sockctl-dial", "send(2)", "tcp(7)", "unix(7)"],
        caveats: [
            """
            `--then kill` hands the peer's socket to a child process just before it kills it: until then it is in the \
            probe's own process, which has to look into its queue. To the writer that is the same: nobody else has the \
            socket when the process dies.
            """,
            """
            What is written in books about the numbers (655360 bytes, then 24108 of a write) was seen on macOS. Here \
            they follow from this kernel's settings, and a killed peer shows as a reset first, then as a broken pipe.
            """,
        ]
    )

    private static let exitNotes: [Manual.ExitNote] = {
        let done = Manual.ExitNote(status: "0", meaning: "The experiment could be run, whatever the writes met.")
        let long = Manual.ExitNote(
            status: "65", meaning: "A chunk is longer than one message of the network can be.")
        let full = Manual.ExitNote(status: "74", meaning: "Standard output is full, or was closed from the start.")
        let shared = Manual.exitNotes.filter { !["0", "65", "66", "74"].contains($0.status) }
        return ([done, long, full] + shared).sorted { (Int($0.status) ?? .max) < (Int($1.status) ?? .max) }
    }()
}
