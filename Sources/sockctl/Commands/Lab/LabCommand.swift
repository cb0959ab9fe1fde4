/// `sockctl lab`: the course, in which every behaviour of the documents is an experiment.
enum LabCommand: Subcommand {
    static let name = "lab"

    static let command = Command(
        name: name,
        abstract: "See and prove what a socket does",
        manual: manual,
        defaults: LabArguments(),
        rows: LabArguments.rows,
        validate: { (arguments: LabArguments) throws(UsageError) in
            try WrittenFiles.check([("svg", arguments.svg), ("html", arguments.html)])
        }
    )

    static func run(_ arguments: LabArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        try await LabRun(arguments, conductor).run()
    }

    private static let manual = Manual(
        description: [
            """
            Five documents teach sockets with Go's `net`. Each behaviour that they describe is an experiment here, which \
            runs on this machine in moments, shows what happened on a timeline, compares it with what the document says, \
            and proves it. `lab` by itself lists them by chapter; sockctl-lab(7) is the course as a text.
            """,
            """
            A timeline has a lane each for the client, the kernel and the server. What the kernel's lane shows was read \
            from the kernel, and the brackets say how; what only follows from that is marked as inferred. Where a call \
            is under way, its lane is thick.
            """,
            """
            What must be seen are invariants and formulas, and not the figures of one machine: they hold on a busy \
            machine as well. What the machine or the user lacks leads to `not run`, with the reason, and is no failure.
            """,
        ],
        sections: [
            Manual.Section(
                "SUMMARY",
                """
                The last report of several experiments, with `--json` an object with these fields: `experiments`, `met`, \
                `failed`, `not_run`, `expectations` (in all that were run), and `elapsed`.
                """),
            .outputEvents,
        ],
        exitNotes: [
            Manual.ExitNote(status: "0", meaning: "Every expectation of what was run is met."),
            Manual.ExitNote(status: "1", meaning: "An expectation is not met, or an experiment failed."),
            Manual.ExitNote(status: "64", meaning: "The command line is wrong, or there is no such experiment."),
            Manual.ExitNote(status: "73", meaning: "The picture or the page can't be written."),
            Manual.ExitNote(status: "74", meaning: "Standard output is full, or was closed from the start."),
            Manual.ExitNote(status: "128+n", meaning: "Ended by signal n."),
        ],
        examples: [
            Manual.Example("sockctl lab short-read", shows: "One experiment."),
            Manual.Example("sockctl lab", shows: "The course: what there is to be seen."),
            Manual.Example(
                "sockctl lab short-read --commands", shows: "The same by hand: what to type in which terminal."),
            Manual.Example("sockctl lab accept-queue --svg /tmp/queue.svg", shows: "A timeline for a slide."),
            Manual.Example("sockctl lab short-read torn-writes --check", shows: "Does this kernel do it too?"),
            Manual.Example(
                "sockctl lab short-read --html /tmp/course.html", shows: "A page to read, print and hand out."),
        ],
        seeAlso: ["sockctl", "sockctl-lab(7)", "socket(7)", "tcp(7)", "udp(7)", "unix(7)"],
        caveats: [
            """
            Both sides of an experiment are in one process, on loopback: there is no latency, and nothing is lost. Where \
            a document speaks of a slow or silent network, a listener with a full queue stands in for it.
            """
        ]
    )
}
