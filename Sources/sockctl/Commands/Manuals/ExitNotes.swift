extension Manual {
    /// The statuses of a command that talks to peers.
    static let exitNotes = [
        ExitNote(status: "0", meaning: "It did what was asked; also if a reader of standard output went away."),
        ExitNote(
            status: "64",
            meaning:
                "The command line is wrong, a service name unknown, a Unix path too long, or a name given with `--no-dns`."
        ),
        ExitNote(
            status: "65",
            meaning: """
                The data breaks its framing or a limit, as a message longer than `--max-frame`, more bytes than \
                `--max-bytes`, or too long a datagram.
                """),
        ExitNote(status: "66", meaning: "What was to be sent can't be read."),
        ExitNote(status: "68", meaning: "The name does not resolve, or has no address of the family asked for."),
        ExitNote(
            status: "69",
            meaning:
                "Refused or unreachable; or a Unix path where nothing is, nobody listens, or another type of socket; or TLS was refused."
        ),
        ExitNote(status: "71", meaning: "The system is out of descriptors, memory or buffers."),
        ExitNote(
            status: "73",
            meaning: "The address is in use or not available, the path exists, or a file can't be written."),
        ExitNote(
            status: "74",
            meaning:
                "Reset, broken pipe, abort or an end that is none for TLS in mid-stream, or standard output is full, or was closed from the start."
        ),
        ExitNote(status: "75", meaning: "Timed out, by a limit of ours or the kernel's."),
        ExitNote(
            status: "77",
            meaning:
                "Not permitted: a port below 1024, a path that is denied, a proxy that refuses by its rules, or a peer whose certificate is not to be trusted."
        ),
        ExitNote(
            status: "128+n",
            meaning: "Ended by signal n, after a clean close: 130 for SIGINT, 143 for SIGTERM."),
    ]

    /// The same, of a command that runs programs.
    static var exitNotesWithPrograms: [ExitNote] {
        exitNotes.dropLast() + [
            ExitNote(
                status: "126, 127", meaning: "The program of `--exec` or `--sh-exec` cannot be run, or is not found.")
        ] + exitNotes.suffix(1)
    }

    /// The same, of a command that scans, too.
    static var exitNotesWithScans: [ExitNote] {
        exitNotesWithPrograms.prefix(1) + [ExitNote(status: "1", meaning: "With `-z`: nothing is open.")]
            + exitNotesWithPrograms.dropFirst()
    }
}
