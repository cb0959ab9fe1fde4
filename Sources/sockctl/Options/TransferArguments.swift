/// Which way the payload goes, and where copies of it are kept.
struct TransferArguments: Equatable, Sendable {
    var sendsOnly = false
    var receivesOnly = false
    var isCRLF = false
    var output: Word?
    /// What `output` holds already stays.
    var appends = false
    var hexDump: Word?

    static let title = "Data"

    static let rows: [Row<TransferArguments>] = [
        .flag(
            "send-only", into: \.sendsOnly, help: "Only send; what the peer sends is dropped.",
            detail: "The end of standard input is the end."
        ).excludes(
            "recv-only",
            reason: "'--send-only' and '--recv-only' exclude each other: nothing would be left to do"),
        .flag(
            "recv-only", into: \.receivesOnly, help: "Only receive; standard input is not read.",
            detail: "The peer's end is the end."
        )
        .excludes(
            "write-size", "write-delay", "delay", "crlf",
            reason: "'{other}' is about sending standard input, but '--recv-only' never reads it"
        )
        .excludes(
            "half-open", reason: "'--half-open' waits for standard input's end, but '--recv-only' never reads it"
        )
        .excludes(
            "quit-after", reason: "'--quit-after' counts from standard input's end, but '--recv-only' never reads it"
        )
        .excludes(
            "input-grace", reason: "'--input-grace' waits for standard input, but '--recv-only' never reads it"
        ),
        .option(
            "output", short: "o", as: .file, into: \.output, help: "Also write what is received to a file.",
            detail: """
                A file that exists is replaced, unless `--append` is given. A pipe has to have a reader already, at whose \
                pace all goes on.
                """
        ).refuses(
            "-", reason: "'--output -' would be standard output, which has what is received already",
            hint: "name a file; one that is called - is './-'"),
        .flag(
            "append", into: \.appends, help: "Keep what the file of --output holds already.",
            detail: "What is received is written behind it."
        ).manualOnly
            .needs("output", reason: "'--append' is about the file of '--output', and there is none"),
        .option(
            "hex-dump", short: "x", as: .file, into: \.hexDump, help: "Write a hex dump of both directions to a file.",
            detail: "With offsets and ASCII; the file `-` is standard error."
        ).excludes(
            "json", valued: "-",
            reason: "'--hex-dump -' and '--json' exclude each other: JSON Lines are never mixed with text",
            hint: "give the dump a file of its own"),
        .flag(
            "crlf", short: "C", into: \.isCRLF, help: "Send line ends as CR LF.",
            detail: "A line end that has its CR already is left as it is."
        ).excludes(
            "frame delim:*", "frame length:*", reason: "'--crlf' is about lines: only '--frame line' has them"),
    ].titled(title)

    var writtenFiles: [WrittenFiles.Named] {
        // The file - is standard error.
        [("output", output), ("hex-dump", hexDump == "-" ? nil : hexDump)]
    }

    /// Refuses files that are written by two, or that would be emptied before they are read.
    func checkFiles(_ others: [WrittenFiles.Named]) throws(UsageError) {
        let files = writtenFiles + others
        try WrittenFiles.check(files)
        if !receivesOnly { try WrittenFiles.check(files, against: 0) }
        if !sendsOnly { try WrittenFiles.check(files, against: 1) }
    }
}
