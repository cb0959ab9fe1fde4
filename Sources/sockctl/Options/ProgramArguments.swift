/// A program that a peer is joined to, instead of standard input and output.
struct ProgramArguments: Equatable, Sendable {
    /// The program and its arguments.
    var words: [Word] = []
    /// A line for the shell.
    var line: Word?
    var usesTerminal = false

    var isWanted: Bool { !words.isEmpty || line != nil }

    /// What is run.
    var command: [Word] { line.map { ["/bin/sh", "-c", $0] } ?? words }

    static let rows: [Row<ProgramArguments>] = [
        .rest(
            "exec", short: "e", into: \.words, help: "Run this program, and join the peer to it.",
            detail: """
                The words after `--` are the program and its arguments; a name without a slash is looked for in PATH. \
                A `listen` starts one for each peer. See PROGRAMS.
                """,
            advice: "as in: -e -- /bin/cat -u"
        )
        .excludes("sh-exec", reason: "'--exec' and '--sh-exec' exclude each other: a peer is joined to one program")
        .joinedToProgram,
        .option(
            "sh-exec", short: "c", as: .bytes("LINE"), into: \.line, help: "Run this line of the shell instead.",
            detail: "It is run with `/bin/sh -c`."
        ).joinedToProgram,
        .flag(
            "pty", into: \.usesTerminal, help: "Run it on a terminal of its own.",
            detail: """
                Its standard error is on that terminal too. The terminal has the size of the one that this program runs \
                on, or 24 lines of 80 columns. The peer's end is typed there as the end of the input (usually \
                Control-D), once all before it has been read.
                """
        ).manualOnly
            .needs(
                "exec", "sh-exec",
                reason: "'--pty' is about a program that is run: give '--exec' or '--sh-exec'"),
    ].titled("Programs")
}

extension Row {
    /// The same row, with what has no meaning where a program takes the place of standard input and output.
    fileprivate var joinedToProgram: Row {
        excludes("serve", reason: "'--serve {other value}' and '{option}' both say what to do with a peer")
            .excludes(
                "send", "submit", "writers", "first-line",
                reason: "'{option}' leaves the whole conversation to the program, and '{other}' to sockctl"
            )
            .excludes(
                "reconnect", "heartbeat",
                reason: "'{other}' keeps up what standard input says, and with '{option}' a program speaks"
            )
            .excludes(
                "send-only", "recv-only", "quit-after", "half-open", "input-grace", "shutdown", "no-shutdown",
                reason: "'{other}' is about standard input and output, which '{option}' leaves alone"
            )
            .excludes(
                "readers", "message-size",
                reason: "'{other}' counts what goes to standard output, which '{option}' leaves alone"
            )
            .needs(.connection, reason: "'{option}' joins a connection to a program, and {network} has none")
    }
}
