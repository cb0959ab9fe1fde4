/// Which way the payload goes, in what pieces, and where copies of it are kept.
struct TransferArguments: Equatable, Sendable {
    var sendsOnly = false
    var receivesOnly = false
    var readSize = 64 << 10
    var writeSize = 8192
    var reads = true
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
        .option(
            "read-size", as: .size(1...(1 << 30)), into: \.readSize, help: "The buffer of one read from the socket."
        ).manualOnly,
        .option(
            "write-size", as: .size(1...(1 << 30)), into: \.writeSize, help: "The longest datagram to make of input.",
            detail: "Each line of a terminal, and each read of a pipe or file up to this size, is one datagram."
        ).manualOnly,
        .flag(
            "no-read", into: \.reads, value: false, help: "Never read from the socket.",
            detail: "What the peer sends fills the receive buffer, then its own send buffer, and then its writes block."
        ).manualOnly,
    ].titled("Data")

    func validate() throws(UsageError) {
        if sendsOnly, receivesOnly {
            throw UsageError("'--send-only' and '--recv-only' exclude each other: nothing would be left to do")
        }
        if receivesOnly, !reads {
            throw UsageError("'--recv-only' and '--no-read' exclude each other: nothing would be left to do")
        }
    }
}
