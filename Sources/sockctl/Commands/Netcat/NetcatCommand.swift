import SockKit

/// `sockctl nc`, and the program under the name `nc`: nc's command line, done by `listen` and `dial`.
enum NetcatCommand: Subcommand {
    static let name = "nc"

    /// The names under which the program reads nc's command line at once.
    ///
    /// Every start asks: a set of names would cost it a sixth of its instructions.
    static func isName(_ name: String) -> Bool {
        // Debian's alternatives have names of their own.
        name == "nc" || name == "netcat" || name == "ncat" || name == "nc.openbsd" || name == "nc.traditional"
    }

    static let command = Command(
        name: name,
        abstract: "Do what nc does, by its command line",
        manual: manual,
        defaults: NetcatArguments(),
        rows: NetcatArguments.rows,
        foreignFlags: ForeignFlag.ofNetcats,
        validate: { (arguments: NetcatArguments) throws(UsageError) in try arguments.validate() }
    )

    static func run(_ arguments: NetcatArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        let translation = try NetcatTranslation(arguments)
        if arguments.endsAtOnce { try? FileCalls.leadNowhere(0) }
        switch translation.command {
        case .listen:
            var listening = try translation.parsed(by: ListenCommand.command)
            listening.peer.deadlines.silenceIsEnd = arguments.isUDP && arguments.wait != nil
            return try await ListenCommand.run(listening, conductor)
        case .dial:
            // nc -z says what it found on standard error; a scan's lines are not nc's.
            if arguments.isZero { try? FileCalls.leadNowhere(1) }
            var dialling = try translation.parsed(by: DialCommand.command)
            dialling.peer.deadlines.silenceIsEnd = arguments.isUDP && arguments.wait != nil
            return try await DialCommand.run(dialling, conductor)
        }
    }

    private static let manual = Manual(
        description: [
            """
            `nc` takes the command line of OpenBSD's nc, with what the traditional nc, ncat and GNU's netcat have beside \
            it where they do not contradict each other, and does with `sockctl dial` and `sockctl listen` what it asks \
            for. Installed, or linked, under the name `nc`, `netcat` or `ncat`, the program takes it at once: scripts that \
            call nc need no change.
            """,
            """
            With `-v` it writes nc's own lines on standard error, which scripts wait for: `Listening on`, `Connection \
            received on`, `Connection to HOST PORT port [tcp/*] succeeded!`, and the failures. A second `-v` adds this \
            program's reports. Of a peer's name only `/etc/hosts` is asked, so that no name server holds anybody up.
            """,
            """
            What is done is this program's: the end of data neither hangs nor loses bytes, as END OF DATA in \
            sockctl-dial(1) says, errors are told without `-v` as well, and the status tells them apart.
            """,
        ],
        sections: [
            Manual.Section(
                "WHAT IS NOT NC'S",
                .terms([
                    (
                        "The end of data",
                        """
                        Standard input's end half-closes, as with nc's `-N`, and the peer's end is the end. For nc's own way \
                        there is `--no-shutdown`.
                        """
                    ),
                    (
                        "Flags without a use",
                        """
                        Where nothing is said by this program, as with `-z`, `-F` and programs, flags about what is said \
                        have no effect, as with nc: `-N`, `-q`, `-d`. So have `-C`, `-i` and `-q` with `-d`.
                        """
                    ),
                    (
                        "Who is served",
                        """
                        Without `-k` a second client is refused, and not kept waiting; with it any number are served at \
                        once.
                        """
                    ),
                    (
                        "The status",
                        """
                        nc knows 0 and 1. Here a refused connection is 69, an unknown host 68, a time-out 75, also that of a \
                        silent peer, and a wrong command line 64. With `-z` it is 1 if nothing is open; a datagram that is \
                        not answered is no success.
                        """
                    ),
                    (
                        "Flags that are refused",
                        """
                        Those of TLS, DCCP, SCTP, telnet negotiation, source routing and MD5 signatures, and those \
                        that two programs use for different things, as `-o` and `-g`: the error says what to write.
                        """
                    ),
                ])
            )
        ],
        exitNotes: Manual.exitNotesWithScans,
        examples: [
            Manual.Example(
                "sockctl listen 3000 --serve echo", "echo hello | sockctl nc -N 127.0.0.1 3000",
                shows: "Send a line to a server, and get its answer."),
            Manual.Example(
                "sockctl listen 3000 >copy </dev/null", "sockctl nc -v 127.0.0.1 3000 <report",
                shows: "Send a file, and see nc's line that the connection succeeded."),
            Manual.Example(
                "sockctl nc -v -w 1 127.0.0.1 9",
                shows: "Nobody listens on port 9: nc's line says so, and the status is 69."),
        ],
        seeAlso: ["sockctl", "sockctl-dial", "sockctl-listen", "nc"],
        caveats: [
            """
            `nc -l 3000` listens on every interface, of IPv4 only, as nc does; `sockctl listen 3000` is this machine only.
            """
        ]
    )
}
