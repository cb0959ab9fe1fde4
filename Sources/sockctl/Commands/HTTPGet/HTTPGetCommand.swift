/// `sockctl http-get`: asks a web server, prints what it answers, and shows how.
enum HTTPGetCommand: Subcommand {
    static let name = "http-get"
    static let serverCommand = "http-serve"

    static let command = Command(
        name: name,
        abstract: "Get from a web server, see how, and measure it",
        manual: manual,
        defaults: HTTPGetArguments(),
        rows: HTTPGetArguments.rows,
        further: TLSArguments.further(behind: "max-time", of: { TLSArguments.urlRows.lifted(through: \.tls) }),
        foreignFlags: [
            ForeignFlag("-k", "--insecure", advice: "use --tls-insecure, or --tls-ca FILE"),
            ForeignFlag("-s", "--silent", "-S", "--show-error", advice: "use --quiet"),
            ForeignFlag("-r", "--range", advice: "use --header 'Range: bytes=0-99'"),
            ForeignFlag("-A", "--user-agent", advice: "use --header 'User-Agent: NAME'"),
            ForeignFlag("-e", "--referer", advice: "use --header 'Referer: URL'"),
            ForeignFlag("-b", "--cookie", advice: "use --header 'Cookie: NAME=VALUE'"),
            ForeignFlag("-m", advice: "use --timeout, or --max-time for all requests together"),
            ForeignFlag("--connect-timeout", advice: "use --dial-timeout"),
            ForeignFlag("-w", "--write-out", advice: "use --verbose for times, or --json for a program to read"),
            ForeignFlag("--data-raw", "--data-binary", advice: "use --data, which sends every byte as it is"),
            ForeignFlag("-D", "--dump-header", advice: "use --include, or --verbose for standard error"),
            ForeignFlag("--compressed", advice: "nothing is unpacked: to have it packed, add 'Accept-Encoding: gzip'"),
            ForeignFlag("-N", "--no-buffer", advice: "what comes is written at once"),
            ForeignFlag("-q", advice: "use --quiet"),
            ForeignFlag("-Z", advice: "use --parallel with --repeat"),
            ForeignFlag("-x", advice: "use --proxy http://HOST:PORT, or http_proxy in the environment"),
        ],
        validate: { (arguments: HTTPGetArguments) throws(UsageError) in try arguments.validate() }
    )

    static func run(_ arguments: HTTPGetArguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus {
        try await HTTPGet(arguments, conductor).run()
    }
}
