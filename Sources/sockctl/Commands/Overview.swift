extension Program {
    /// The table of all commands.
    static let sockctl = Program(
        name: "sockctl",
        abstract: "A socket toolkit for the shell",
        commands: CommandTable.all.map { $0.info },
        manual: overview
    )

    private static let overview = Manual(
        description: [
            """
            `sockctl` is a netcat that explains itself: it joins sockets to standard input and output, says what happens \
            to them, and why, and ends with a status that a script can act on.
            """
        ],
        sections: [
            Manual.Section(
                "VALUES",
                .terms([
                    (
                        "Addresses",
                        """
                        `HOST:PORT`, `[V6]:PORT`, `HOST PORT`, `:PORT`, `PORT`, with service names for ports; \
                        `unix:PATH` and `unix:@NAME`, an abstract name; `vsock:CID:PORT`, a virtual machine or its host, \
                        with `any`, `local` and `host` for the numbers that all have; any network as a prefix: \
                        `tcp4://127.0.0.1:80`, `udp6://[::1]:53`, `unixpacket:PATH`. To listen, `:3000` is every \
                        interface and a bare `3000` is 127.0.0.1 only; to dial, both are localhost.
                        """
                    ),
                    (
                        "Durations",
                        "`10us`, `500ms`, `2s`, `1.5m`, `1h`; a bare number is seconds; 0 is at once, `none` is no limit."
                    ),
                    ("Sizes", "`65536`, `64K`, `1M`, `1G`, in steps of 1024 bytes."),
                ])
            ),
            .eventTable,
            Manual.Section(
                "SIGNALS",
                .terms([
                    (
                        "SIGINT, SIGTERM, SIGHUP",
                        """
                        Close cleanly and end with 128 and the signal's number; a server finishes, with 0. The second \
                        one ends it at once. With `--tls-cert`, or with files of rules as `--allow-file`, SIGHUP has a \
                        server read them again, and ends nothing.
                        """
                    ),
                    (
                        "SIGUSR1",
                        """
                        Say on standard error how much has gone each way so far, or how many peers there were and are; with \
                        `--json`, nothing. It is answered by a `dial` or `listen` that is connected, by servers of \
                        several peers as `listen --keep-open`, `forward` and `http-serve`, by `udp-recv`, scans and \
                        `backlog-probe`, and by `http-get` while content comes or a load runs. The others have nothing \
                        to say of it, and go on: `udp-send`, `write-block-probe`, `--no-accept`, `--io-model`, and \
                        whoever still waits for a connection or for TLS.
                        """
                    ),
                ])
            ),
            Manual.Section(
                "ENVIRONMENT",
                .terms([
                    (
                        "NO_COLOR",
                        "If it is set and not empty, nothing is coloured unless `--color always` asks for it."
                    ),
                    (
                        "LC_ALL, LC_CTYPE, LANG",
                        "The first that is set says whether reports and plots may have other than ASCII signs: `.UTF-8`."
                    ),
                ])
            ),
            .security,
        ],
        exitNotes: Manual.exitNotes,
        examples: [
            Manual.Example(
                "sockctl listen 3000 --serve time", "sockctl dial 3000",
                shows: "A server that tells the time, in one terminal, and a client, in another.")
        ],
        seeAlso: CommandTable.all.map { "sockctl-\($0.name)" } + ["nc", "socket(7)"]
    )
}
