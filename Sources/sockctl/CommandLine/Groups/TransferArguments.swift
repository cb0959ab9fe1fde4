/// Which way the payload goes, and where copies of it are kept.
struct TransferArguments: Equatable, Sendable {
    var sendsOnly = false
    var receivesOnly = false
    var isCRLF = false
    var output: String?
    var hexDump: String?

    static let rows: [Row<TransferArguments>] = [
        .flag(
            "send-only", into: \.sendsOnly, help: "Only send; what the peer sends is dropped.",
            detail: "The end of standard input is the end."),
        .flag(
            "recv-only", into: \.receivesOnly, help: "Only receive; standard input is not read.",
            detail: "The peer's end is the end."),
        .option(
            "output", short: "o", as: .file, into: \.output, help: "Also write what is received to a file.",
            detail: "A file that exists is replaced."),
        .option(
            "hex-dump", short: "x", as: .file, into: \.hexDump, help: "Write a hex dump of both directions to a file.",
            detail: "With offsets and ASCII; the file `-` is standard error."),
        .flag(
            "crlf", short: "C", into: \.isCRLF, help: "Send line ends as CR LF.",
            detail: "A line end that has its CR already is left as it is."),
    ].titled("Data")

    func validate() throws(UsageError) {
        if sendsOnly, receivesOnly {
            throw UsageError("'--send-only' and '--recv-only' exclude each other: nothing would be left to do")
        }
    }
}
